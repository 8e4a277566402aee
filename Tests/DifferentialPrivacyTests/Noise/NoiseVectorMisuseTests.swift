import CryptoPrimitives
import Testing

@testable import DifferentialPrivacy

/// A source that is not the production one.
private struct CountingSource: RandomSource {
    var next: UInt8 = 0

    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        for index in buffer.indices {
            buffer[index] = next
            next &+= 1
        }
    }
}

@Suite struct NoiseVectorMisuseTests {
    private static func law() throws -> NoiseLaw {
        .gaussian(DiscreteGaussian(variance: try NoiseVariance(1 << 20)))
    }

    private static func fixed(_ round: UInt64 = 1, _ purpose: NoisePurpose = .update) -> NoiseKey {
        NoiseKey(fixedSecret: Bytes32(), round: round, purpose: purpose)
    }

    @Test func noiseIsAddedOnceAndUnclamped() throws {
        let edge: Int64 = (1 << 62) - 1
        let clear: [Int64] = [0, 5, -5, edge, -edge]
        let noise = try NoiseVector(try Self.law(), dimension: 5, key: Self.fixed())
        let drawn = noise.copiedValues()
        var values = clear
        try noise.add(to: &values)
        #expect(values == zip(clear, drawn).map { $0 + $1 })
        #expect(values != clear)
    }

    @Test func refusalsChangeNothing() throws {
        for value in [Int64.max, .min, 1 << 62, -(1 << 62) - 1] {
            var values: [Int64] = [3, value]
            #expect(throws: NoiseRefusal.valueOutOfRange) {
                try NoiseVector(try Self.law(), dimension: 2, key: Self.fixed()).add(to: &values)
            }
            #expect(values == [3, value])
        }
        var short: [Int64] = [3]
        #expect(throws: NoiseRefusal.dimensionMismatch(expected: 2)) {
            try NoiseVector(try Self.law(), dimension: 2, key: Self.fixed()).add(to: &short)
        }
        #expect(short == [3])
        for dimension in [0, -1, NoiseVector.largestDimension + 1] {
            #expect(throws: NoiseRefusal.invalidField(.dimension)) {
                _ = try NoiseVector(try Self.law(), dimension: dimension, key: Self.fixed())
            }
        }
    }

    @Test func roundsAndPurposesAreIndependent() throws {
        var seen: Set<[Int64]> = []
        for round in [UInt64(0), 1, .max] {
            for purpose in NoisePurpose.allCases {
                let noise = try NoiseVector(try Self.law(), dimension: 8, key: Self.fixed(round, purpose))
                seen.insert(noise.copiedValues())
            }
        }
        #expect(seen.count == 3 * NoisePurpose.allCases.count)
    }

    /// A round that is repeated must not repeat its noise.
    @Test func productionKeysAreNewEachTime() throws {
        let first = try NoiseVector(try Self.law(), dimension: 8, key: NoiseKey(round: 1, purpose: .update))
        let second = try NoiseVector(try Self.law(), dimension: 8, key: NoiseKey(round: 1, purpose: .update))
        #expect(first.copiedValues() != second.copiedValues())
        #expect(first.provenance == .operatingSystem)
    }

    @Test func onlyTheProductionSourceCarriesAGuarantee() {
        var production: any RandomSource = SystemRandomSource()
        var simulated: any RandomSource = CountingSource()
        let real = NoiseKey(round: 1, purpose: .update, from: &production).provenance
        let replayed = NoiseKey(round: 1, purpose: .update, from: &simulated).provenance
        #expect(real == .operatingSystem && real.supportsGuarantee)
        #expect(replayed == .injectedSource && !replayed.supportsGuarantee)
        #expect(Self.fixed().provenance == .fixedKey && !NoiseProvenance.fixedKey.supportsGuarantee)
        #expect(NoisePurpose.allCases.map(\.rawValue) == [1, 2, 3, 4, 5, 6, 7])
    }

    /// The stream goes on over its windows without repeating or skipping.
    @Test func streamsAreTheKeystream() {
        var stream = fixedStream(9)
        let words = (0..<2000).map { _ in stream.word() }
        let bytes = NoiseKey(fixedSecret: Bytes32(), round: 9, purpose: .update).withUnsafeBytes { key in
            var bytes = [UInt8](repeating: 0, count: 16_000)
            bytes.withUnsafeMutableBytes { ChaCha20.keystream(into: $0, key: key, blockIndex: 0) }
            return bytes
        }
        let expected = stride(from: 0, to: 16_000, by: 8).map { start in
            (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[start + $1]) << UInt64(8 * $1) }
        }
        #expect(words == expected)
    }
}
