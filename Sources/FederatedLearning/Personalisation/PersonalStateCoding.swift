/// Writes a state: `PFLS`, version and kind as 16-bit numbers, the layout's signature as a 64-bit one, then the fields;
/// little-endian, a vector with its length as a 32-bit number before it.
/// Source: personalisation section 1
struct PersonalStateWriter {
    static let magic: [UInt8] = [0x50, 0x46, 0x4C, 0x53]
    static let version: UInt16 = 1

    private var bytes = PersonalStateWriter.magic

    init(_ kind: PersonalState.Kind, layout: ParameterLayout) {
        write(Self.version)
        write(kind.rawValue)
        write(layout.signature)
    }

    /// The finished state.
    var state: PersonalState { PersonalState(bytes: bytes) }

    mutating func write<Number: FixedWidthInteger>(_ number: Number) {
        var rest = number
        for _ in 0..<(Number.bitWidth / 8) {
            bytes.append(UInt8(truncatingIfNeeded: rest))
            rest >>= 8
        }
    }

    mutating func write(_ number: Double) { write(number.bitPattern) }

    mutating func write(_ flag: Bool) { bytes.append(flag ? 1 : 0) }

    mutating func write(_ vector: [Float]) {
        write(UInt32(vector.count))
        bytes.reserveCapacity(bytes.count + 4 * vector.count)
        for number in vector { write(number.bitPattern) }
    }

    mutating func write(_ nested: PersonalState) {
        write(UInt32(nested.bytes.count))
        bytes += nested.bytes
    }
}

/// Reads what `PersonalStateWriter` writes; total, and allocates no more than the bytes it is given.
/// Source: personalisation section 1
struct PersonalStateReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ state: PersonalState, _ kind: PersonalState.Kind, layout: ParameterLayout) throws(PersonalStateFailure) {
        bytes = state.bytes
        guard bytes.count >= 4 else { throw .truncated }
        guard Array(bytes[0..<4]) == PersonalStateWriter.magic else { throw .notAState }
        place = 4
        let version: UInt16 = try number()
        guard version == PersonalStateWriter.version else { throw .unsupportedVersion(found: Int(version)) }
        let found: UInt16 = try number()
        guard found == kind.rawValue else { throw .wrongKind(found: Int(found)) }
        let signature: UInt64 = try number()
        guard signature == layout.signature else { throw .layoutMismatch }
    }

    mutating func number<Number: FixedWidthInteger>() throws(PersonalStateFailure) -> Number {
        let width = Number.bitWidth / 8
        guard bytes.count - place >= width else { throw .truncated }
        var value: Number = 0
        for index in 0..<width { value |= Number(truncatingIfNeeded: bytes[place + index]) << (8 * index) }
        place += width
        return value
    }

    mutating func finite() throws(PersonalStateFailure) -> Double {
        let value = Double(bitPattern: try number())
        guard value.isFinite else { throw .outOfRange }
        return value
    }

    mutating func flag() throws(PersonalStateFailure) -> Bool {
        let value: UInt8 = try number()
        guard value <= 1 else { throw .outOfRange }
        return value == 1
    }

    mutating func vector(count: Int) throws(PersonalStateFailure) -> [Float] {
        let length: UInt32 = try number()
        guard Int(length) == count else { throw .lengthMismatch(expected: count, found: Int(length)) }
        guard (bytes.count - place) / 4 >= count else { throw .truncated }
        var values: [Float] = []
        values.reserveCapacity(count)
        for index in 0..<count {
            let value = Float(bitPattern: try number())
            guard value.isFinite else { throw .nonFinite(index: index) }
            values.append(value)
        }
        return values
    }

    mutating func nested() throws(PersonalStateFailure) -> PersonalState {
        let length: UInt32 = try number()
        guard bytes.count - place >= Int(length) else { throw .truncated }
        defer { place += Int(length) }
        return PersonalState(bytes: Array(bytes[place..<(place + Int(length))]))
    }

    func end() throws(PersonalStateFailure) {
        guard place == bytes.count else { throw .trailingBytes(count: bytes.count - place) }
    }
}

extension ParameterLayout {
    /// A 64-bit sum (FNV-1a) over names and shapes: tells models apart by accident, not against malice.
    var signature: UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        func take(_ byte: UInt8) { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        func take(_ number: Int) {
            for shift in stride(from: 0, to: 64, by: 8) { take(UInt8(truncatingIfNeeded: number >> shift)) }
        }
        take(segments.count)
        for segment in segments {
            take(segment.name.utf8.count)
            for byte in segment.name.utf8 { take(byte) }
            take(segment.shape.count)
            for extent in segment.shape { take(extent) }
        }
        return hash
    }
}
