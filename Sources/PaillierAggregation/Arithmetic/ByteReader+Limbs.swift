internal import WireFormat

extension ByteReader {
    /// `count` little-endian limbs. Throws `truncated` before anything is allocated.
    mutating func littleEndianLimbs(_ count: Int) throws(DecodingFailure) -> [UInt64] {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: 8)
        guard count >= 0, !overflow else { throw DecodingFailure.lengthOverflow }
        let raw = try self.raw(bytes)
        var limbs = [UInt64](repeating: 0, count: count)
        unsafe limbs.withUnsafeMutableBytes { unsafe $0.copyBytes(from: raw) }
        for i in limbs.indices { limbs[i] = UInt64(littleEndian: limbs[i]) }
        return limbs
    }
}
