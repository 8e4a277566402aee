internal import CryptoPrimitives
internal import WireFormat

/// The bytes around a bundle's two parts: `SABU`, format (16 bits), lengths of description and parameters (32 bits each), the
/// parts (parameters as 32-bit floats), BLAKE2b of all that; little-endian.
/// Source: model-life section 6
enum BundleEnvelope {
    static let magic: [UInt8] = [0x53, 0x41, 0x42, 0x55]
    static let format: UInt16 = 1

    static func seal(_ description: [UInt8], _ parameters: [Float]) -> (bytes: [UInt8], hash: Digest) {
        var bytes = magic
        bytes.reserveCapacity(46 + description.count + 4 * parameters.count)
        func write(_ value: some FixedWidthInteger) {
            for shift in stride(from: 0, to: value.bitWidth, by: 8) {
                bytes.append(UInt8(truncatingIfNeeded: value >> shift))
            }
        }
        write(format)
        write(UInt32(description.count))
        write(UInt32(parameters.count))
        bytes += description
        for value in parameters { write(value.bitPattern) }
        let hash = Blake2b.hash(bytes, Personalisation("SecAgg bundle"))
        return (bytes + hash.value.bytes, hash)
    }

    /// The parts, once the digest holds.
    ///
    /// Lengths are compared with the bytes at hand before anything is allocated.
    static func open(_ bytes: [UInt8]) throws(BundleFailure) -> (description: ArraySlice<UInt8>, parameters: [Float]) {
        var reader = ByteReader(bytes)
        guard try Array(read { () throws(DecodingFailure) in try reader.raw(4) }) == magic else { throw .notABundle }
        let found = try read { () throws(DecodingFailure) in try reader.u16() }
        guard found == format else { throw .unsupportedVersion(found: Int(found)) }
        let described = Int(try read { () throws(DecodingFailure) in try reader.u32() })
        let count = Int(try read { () throws(DecodingFailure) in try reader.u32() })
        guard described <= ModelBundle.mostDescriptionBytes else { throw .tooLarge }
        let description = try read { () throws(DecodingFailure) in try reader.raw(described) }
        let numbers = try read { () throws(DecodingFailure) in try reader.raw(4 * count) }
        let content = bytes[..<reader.position]
        let hash = Digest(try read { () throws(DecodingFailure) in try reader.bytes32() })
        guard reader.remaining == 0 else { throw .trailingBytes(count: reader.remaining) }
        var digest = Blake2b(Personalisation("SecAgg bundle"))
        digest.update(content)
        guard digest.finalize() == hash else { throw .altered }
        var parameters: [Float] = []
        parameters.reserveCapacity(count)
        for start in stride(from: numbers.startIndex, to: numbers.endIndex, by: 4) {
            var pattern: UInt32 = 0
            for index in 0..<4 { pattern |= UInt32(numbers[start + index]) << UInt32(8 * index) }
            parameters.append(Float(bitPattern: pattern))
        }
        return (description, parameters)
    }

    private static func read<Value>(_ body: () throws(DecodingFailure) -> Value) throws(BundleFailure) -> Value {
        do throws(DecodingFailure) { return try body() } catch { throw .truncated }
    }
}
