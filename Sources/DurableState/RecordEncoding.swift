internal import CryptoPrimitives

/// The bytes of a record file: "SARC", version, name, generation, length, sealed bytes, BLAKE2b-256 of all before.
///
/// The checksum is against damage, so that a torn or rotten file never moves a counter; forgery is caught by the seal.
/// Source: durability section 3
enum RecordEncoding {
    static let magic = [UInt8]("SARC".utf8)
    static let version: UInt16 = 1
    /// Magic, version, name length and 64 name bytes, generation, sealed length, checksum.
    static let largestOverhead = 4 + 2 + 1 + 64 + 8 + 8 + StoreChecksum.byteCount

    static func encode(_ record: StateRecord) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(largestOverhead + record.sealed.count)
        bytes.append(contentsOf: magic)
        bytes.append(littleEndian: version)
        bytes.append(UInt8(record.name.description.utf8.count))
        bytes.append(contentsOf: record.name.description.utf8)
        bytes.append(littleEndian: record.generation)
        bytes.append(littleEndian: UInt64(record.sealed.count))
        bytes.append(contentsOf: record.sealed)
        StoreChecksum.append(to: &bytes)
        return bytes
    }

    static func decode(_ bytes: [UInt8], expecting name: RecordName) throws(StateStoreFailure) -> StateRecord {
        var rest = try StoreChecksum.verified(bytes)
        guard try rest.take(magic.count).elementsEqual(magic) else { throw .stateCorrupt }
        guard try rest.takeLittleEndian() == version else { throw .stateCorrupt }
        let nameLength: UInt8 = try rest.takeLittleEndian()
        guard RecordName(try rest.take(Int(nameLength))) == name else { throw .stateCorrupt }
        let generation: UInt64 = try rest.takeLittleEndian()
        let length: UInt64 = try rest.takeLittleEndian()
        guard length == UInt64(rest.count) else { throw .stateCorrupt }
        return StateRecord(name: name, generation: generation, sealed: [UInt8](rest))
    }
}

/// The bytes of a counter file: "SACT", version, whether the record was removed, generation, BLAKE2b-256 of all before.
/// Source: durability section 3
struct GenerationCounter: Equatable {
    static let magic = [UInt8]("SACT".utf8)
    static let version: UInt16 = 1
    static let byteCount = 4 + 2 + 1 + 8 + StoreChecksum.byteCount

    var generation: UInt64
    var isRemoved: Bool

    func encode() -> [UInt8] {
        var bytes = GenerationCounter.magic
        bytes.append(littleEndian: GenerationCounter.version)
        bytes.append(isRemoved ? 1 : 0)
        bytes.append(littleEndian: generation)
        StoreChecksum.append(to: &bytes)
        return bytes
    }

    static func decode(_ bytes: [UInt8]) throws(StateStoreFailure) -> GenerationCounter {
        var rest = try StoreChecksum.verified(bytes)
        guard try rest.take(magic.count).elementsEqual(magic) else { throw .stateCorrupt }
        guard try rest.takeLittleEndian() == version else { throw .stateCorrupt }
        let removed: UInt8 = try rest.takeLittleEndian()
        let generation: UInt64 = try rest.takeLittleEndian()
        guard removed <= 1, rest.isEmpty else { throw .stateCorrupt }
        return GenerationCounter(generation: generation, isRemoved: removed == 1)
    }
}

/// BLAKE2b-256 of a file's contents, kept at its end.
enum StoreChecksum {
    static let byteCount = 32

    static func append(to bytes: inout [UInt8]) {
        bytes.append(contentsOf: of(bytes[...]))
    }

    static func verified(_ bytes: [UInt8]) throws(StateStoreFailure) -> ArraySlice<UInt8> {
        guard bytes.count >= byteCount else { throw .stateCorrupt }
        let body = bytes.dropLast(byteCount)
        guard of(body).elementsEqual(bytes.suffix(byteCount)) else { throw .stateCorrupt }
        return body
    }

    private static func of(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe Blake2b.hash(buffer, Personalisation("QSA1 state file")).value.bytes
        }
    }
}

extension [UInt8] {
    mutating func append(littleEndian value: some FixedWidthInteger & UnsignedInteger) {
        for position in 0..<(value.bitWidth / 8) {
            append(UInt8(truncatingIfNeeded: value >> (8 * position)))
        }
    }
}

extension ArraySlice<UInt8> {
    mutating func take(_ count: Int) throws(StateStoreFailure) -> ArraySlice<UInt8> {
        guard count <= self.count else { throw .stateCorrupt }
        defer { removeFirst(count) }
        return prefix(count)
    }

    mutating func takeLittleEndian<Value: FixedWidthInteger & UnsignedInteger>() throws(StateStoreFailure) -> Value {
        try take(Value.bitWidth / 8).reversed().reduce(0) { ($0 << 8) | Value($1) }
    }
}
