import CryptoPrimitives
import Testing

@testable import RingVectors

/// Levels made by a Python program from the rule in the documentation and another ChaCha20, with the key 00 01 ... 1f.
@Suite struct FixedPointKnownAnswerTests {
    static let floats: [UInt32] = [
        0x00000000, 0x80000000, 0x3F000000, 0xBF000000, 0x3F800000, 0xBF800000, 0x3FC00000, 0xBFC00000,
        0x40100000, 0xC0100000, 0x322BCC77, 0xB22BCC77, 0x0DA24260, 0x8DA24260, 0x7F61B1E6, 0xFF61B1E6,
        0xBF617E7B, 0xBFDF74DF, 0x3F413235, 0xC008D205, 0x3E37B743, 0xBF2BEB0E, 0xC00D70BA, 0x3D1848A8,
        0xC014005B, 0xBEA9DDF7, 0xC009A572, 0xC002F8CA, 0xBEC13B1B, 0x3FD12F74, 0xBFF0C449, 0xBFB12087,
        0x3F231D51, 0x400F4451, 0x3EC56230, 0xBF043FBE, 0x401866D1, 0xC01117F2, 0x3FE56B79, 0xBF86A66A,
    ]

    static let doubles: [UInt64] = [
        0x0000000000000000, 0x3FD5555555555555, 0xBFD5555555555555, 0x3FEFFFFDE7210BE9, 0xBFEFFFFDE7210BE9,
        0x3FF0000000000000, 0xBFF0000000000000, 0x401C000000000000, 0x3C670EF54646D497, 0xBC670EF54646D497,
        0xBFE90B608F3DF160, 0xBFEAE84D19603EE3, 0xBFDAF73BFE23B472, 0x3FE6415B0ECD3736, 0xBFE67A13AF17D60C,
        0x3FC6FA85EDB4D640, 0x3FD38F1BB34E78C0, 0xBFD1F767B17C3782, 0x3FBAE3C245552520, 0xBFEEC7978BD56420,
        0xBFEF010B3B5A4B94, 0xBFE4B35466D4E0A2, 0x3FD9667B1FC21E64, 0xBFC463D77B0AA2D8,
    ]

    @Test func floatsRoundedStochastically() throws {
        let expected: [Int64] = [
            0, 0, 500, -500, 1000, -1000, 1500, -1500, 2001, -2000, 0, 0, 0, 0,
            2001, -2001, -881, -1746, 755, -2001, 180, -672, -2001, 37, -2001, -332, -2001, -2001,
            -378, 1635, -1881, -1384, 638, 2001, 386, -517, 2000, -2000, 1792, -1052,
        ]
        var source: any RandomSource = CountingSource()
        let codec = try FixedPointCodec(scale: 1000.25, clip: 2)
        let result = try codec.quantise(Self.floats.map { Float(bitPattern: $0) }, from: &source)
        #expect(result.values == expected)
        #expect(result.clipped == 12)
    }

    @Test func floatsRoundedToNearest() throws {
        let expected: [Int64] = [
            0, 0, 500, -500, 1000, -1000, 1500, -1500, 2000, -2000, 0, 0, 0, 0,
            2000, -2000, -881, -1746, 755, -2000, 179, -672, -2000, 37, -2000, -332, -2000, -2000,
            -377, 1635, -1881, -1384, 637, 2000, 386, -517, 2000, -2000, 1793, -1052,
        ]
        var source: any RandomSource = CountingSource()
        let codec = try FixedPointCodec(scale: 1000.25, clip: 2, rounding: .nearest)
        let result = try codec.quantise(Self.floats.map { Float(bitPattern: $0) }, from: &source)
        #expect(result.values == expected)
        #expect(result.clipped == 12)
    }

    @Test func doublesAtTheLargestScale() throws {
        let expected: [Int64] = [
            0, 750_599_937_895_082, -750_599_937_895_082, 2_251_797_561_885_434,
            -2_251_797_561_885_434, 2_251_799_813_685_248, -2_251_799_813_685_248, 2_251_799_813_685_248,
            0, 0, -1_762_345_941_433_432, -1_893_441_807_585_209,
            -948_773_304_170_126, 1_566_077_208_448_461, -1_581_668_612_044_163, 404_243_913_330_020,
            688_171_711_581_976, -632_137_416_935_153, 236_524_153_776_425, -2_165_925_750_331_656,
            -2_181_718_007_517_925, -1_456_668_654_516_265, 893_694_177_199_053, -358_704_791_726_638,
        ]
        var source: any RandomSource = CountingSource()
        let codec = try FixedPointCodec.levels(valueBound: 1 << 51, clip: 1)
        let result = try codec.quantise(Self.doubles.map { Double(bitPattern: $0) }, from: &source)
        #expect(result.values == expected)
        #expect(result.clipped == 1)
    }

    @Test func doublesAtAnOddScale() throws {
        let expected: [Int64] = [
            0, 4115, -4115, 12346, -12345, 12346, -12346, 12345, 0, 0, -9662, -10381,
            -5202, 8586, -8671, 2217, 3773, -3466, 1297, -11874, -11962, -7986, 4900, -1967,
        ]
        var source: any RandomSource = CountingSource()
        let codec = try FixedPointCodec(scale: 12345.678, clip: 1)
        let result = try codec.quantise(Self.doubles.map { Double(bitPattern: $0) }, from: &source)
        #expect(result.values == expected)
    }

    /// The first keystream word of the key is 6A19C5D97D2BFD39: fractions exactly at the threshold go up, just below not.
    @Test func theThresholdIsExact() throws {
        let narrow = 1 - Double(0x7D2B_FD39) * 0x1p-32
        let wide = 1 - Double(0x6A19_C5D9_7D2B_FD39 >> 11) * 0x1p-53
        for (scale, expected) in [(narrow, 1), (narrow.nextDown, 0)] as [(Double, Int64)] {
            var source: any RandomSource = CountingSource()
            let codec = try FixedPointCodec(scale: scale, clip: 1)
            #expect(try codec.quantise([1 as Float], from: &source).values == [expected])
        }
        for (scale, expected) in [(wide, 1), (wide.nextDown, 0)] as [(Double, Int64)] {
            var source: any RandomSource = CountingSource()
            let codec = try FixedPointCodec(scale: scale, clip: 1)
            #expect(try codec.quantise([1 as Double], from: &source).values == [expected])
        }
    }

    /// 1,500 values, several tiles; the checksum is the same sum of the Python program's levels.
    @Test func severalTiles() throws {
        var source: any RandomSource = CountingSource()
        let codec = try FixedPointCodec(scale: 77.7, clip: 1.75)
        let values = (0..<1500).map { Float(Double(($0 * 37) % 1001 - 500) / 250) }
        let narrow = try codec.quantise(values, from: &source)
        #expect(narrow.values.reduce(0) { $0 &* 1_000_003 &+ UInt64(bitPattern: $1) } == 7_394_624_247_265_971_682)
        #expect(narrow.clipped == 190)
        let wide = try codec.quantise(values.map { Double($0) }, from: &source)
        #expect(wide.values.reduce(0) { $0 &* 1_000_003 &+ UInt64(bitPattern: $1) } == 11_169_123_125_946_824_911)
    }
}

/// Fills every buffer with 0, 1, 2, ...
struct CountingSource: RandomSource {
    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        for position in buffer.indices { buffer[position] = UInt8(truncatingIfNeeded: position) }
    }
}
