package import CryptoPrimitives
package import RoundProtocol
package import WireFormat

/// One share of one secret of each dealer; which secret follows from the survivor set.
///
/// The shares are what the protocol opens to the coordinator; they stop being secret when this message is made.
///
/// Source: WIRE section 7
package struct UnmaskShares: Sendable {
    package let agreementDigest: Digest
    package let shares: [(dealer: PeerID, share: Bytes32)]

    package init(agreementDigest: Digest, shares: [(dealer: PeerID, share: Bytes32)]) {
        self.agreementDigest = agreementDigest
        self.shares = shares
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 36 + shares.count * 36)
        writer.bytes32(agreementDigest.value)
        writer.count(shares.count)
        for entry in shares {
            writer.u32(entry.dealer.rawValue)
            writer.bytes32(entry.share)
        }
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>, participants: Int) throws(DecodingFailure) {
        var reader = ByteReader(body)
        agreementDigest = Digest(try reader.bytes32())
        let count = try reader.count(limit: participants, elementBytes: 36)
        var shares: [(dealer: PeerID, share: Bytes32)] = []
        shares.reserveCapacity(count)
        for _ in 0..<count {
            let dealer = PeerID(rawValue: try reader.u32())
            shares.append((dealer, try reader.bytes32()))
        }
        self.shares = shares
        try reader.finish()
    }

    /// One dealer's share in an encoded list that was checked, dealers ascending; nil when it is not in it.
    ///
    /// - Complexity: the logarithm of the list's length.
    package static func share(of dealer: PeerID, in body: ArraySlice<UInt8>) -> Bytes32? {
        let (first, entryBytes) = (body.startIndex + 36, 36)
        var range = 0..<max(0, (body.count - 36) / entryBytes)
        while !range.isEmpty {
            let middle = range.lowerBound + range.count / 2
            var entry = ByteReader(body[(first + middle * entryBytes)...])
            guard let found = try? entry.u32() else { return nil }
            if found == dealer.rawValue { return try? entry.bytes32() }
            range = found < dealer.rawValue ? middle + 1..<range.upperBound : range.lowerBound..<middle
        }
        return nil
    }
}
