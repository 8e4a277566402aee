public import CryptoPrimitives
public import WireFormat

/// What a quorum signs before anything is unmasked: one survivor set, and the inputs it sent.
///
/// One bitmap, not two lists: nobody can be listed as alive and dropped at once.
///
/// Source: WIRE section 7
public struct Agreement: Hashable, Sendable {
    /// The round's configuration.
    public let configDigest: Digest
    /// Who is in the sum, by seat.
    public let survivors: Bitmap
    /// The Merkle root over the survivors' signed input frames.
    public let root: Digest

    package init(configDigest: Digest, survivors: Bitmap, root: Digest) {
        self.configDigest = configDigest
        self.survivors = survivors
        self.root = root
    }

    package func write(to writer: inout ByteWriter) {
        writer.bytes32(configDigest.value)
        writer.bitmap(survivors)
        writer.bytes32(root.value)
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 64 + survivors.count / 8 + 1)
        write(to: &writer)
        return writer.bytes
    }

    package init(reading reader: inout ByteReader, participants: Int) throws(DecodingFailure) {
        configDigest = Digest(try reader.bytes32())
        survivors = try reader.bitmap(count: participants)
        root = Digest(try reader.bytes32())
    }

    /// What the statement hashes to within its session and round.
    package func digest(session: Digest, round: UInt64) -> Digest {
        var hash = Blake2b(Personalisation("QSA1 agreement"))
        hash.update(session)
        hash.update(littleEndian: round)
        hash.update(encoded())
        return hash.finalize()
    }

    /// The root over (id, digest of the signed input frame), by ascending seat; at least one entry.
    package static func root(of inputs: [(id: PeerID, header: Digest)]) -> Digest {
        let personal = Personalisation("QSA1 survivors")
        let leaves = inputs.map { input in
            var writer = ByteWriter(reserving: 37)
            writer.u8(0)
            writer.u32(input.id.rawValue)
            writer.bytes32(input.header.value)
            return Blake2b.hash(writer.bytes, personal)
        }
        return MerkleRoot.root(of: leaves[...]) { left, right in
            var writer = ByteWriter(reserving: 65)
            writer.u8(1)
            writer.bytes32(left.value)
            writer.bytes32(right.value)
            return Blake2b.hash(writer.bytes, personal)
        }
    }
}
