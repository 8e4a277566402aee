public import CryptoPrimitives
internal import WireFormat

/// What two signed frames prove against whoever signed them.
///
/// Source: evidence section 2
public enum Misconduct: UInt16, Sendable, CaseIterable {
    /// Two different statements for one place: a round's configuration, a survivor set, an input, a key.
    case equivocation = 1
    /// The coordinator acknowledged an upload and then proposed a survivor set without it.
    case excludedAfterAcknowledgement = 2
    /// The coordinator asked for shares under another survivor set than the one it proposed.
    case conflictingRequest = 3
}

/// Why a file proves nothing.
///
/// Source: evidence section 3
public enum EvidenceFailure: UInt16, Error, Sendable, CaseIterable {
    /// Not a file of this format, cut off, or with bytes to spare.
    case malformed = 1
    /// Made under another roster.
    case otherRoster = 2
    /// A frame that does not decode.
    case badFrame = 3
    /// The two frames name different senders, or one that the roster does not know.
    case otherSender = 4
    /// A signature that is not the sender's.
    case badSignature = 5
    /// Both frames may be said by an honest party.
    case noContradiction = 6
}

/// Two contradicting statements of one party, as a file that a third party checks with the roster alone.
///
/// Holds nothing secret: both frames were sent in the open. A file that verifies proves that the key signed both;
/// it does not prove intent (a party that has lost its state may sign twice).
///
/// Source: evidence section 1
public struct EvidenceFile: Hashable, Sendable {
    /// The format's version.
    public static let version: UInt16 = 1
    /// The largest file that is read, 1 GiB.
    public static let maximumBytes = 1 << 30
    static let magic: UInt32 = 0x4541_5351  // "QSAE", read as a little-endian word

    /// The roster's digest.
    public let rosterDigest: Digest
    /// The two signed frames, byte for byte.
    public let frames: [[UInt8]]

    /// Takes up what a refusal carries; nil unless it is two frames that prove something under the roster.
    public init?(_ evidence: Evidence, roster: Roster) {
        guard evidence.frames.count == 2 else { return nil }
        rosterDigest = roster.digest
        frames = evidence.frames
        guard (try? verify(roster: roster)) != nil else { return nil }
    }

    /// Reads a file; trusts nothing in it.
    ///
    /// - Throws: `malformed`.
    public init(decoding bytes: [UInt8]) throws(EvidenceFailure) {
        guard bytes.count <= Self.maximumBytes else { throw .malformed }
        do throws(DecodingFailure) {
            var reader = ByteReader(bytes)
            guard try reader.u32() == Self.magic, try reader.u16() == Self.version, try reader.u16() == 0 else {
                throw .invalidValue
            }
            rosterDigest = Digest(try reader.bytes32())
            frames = [
                [UInt8](try reader.counted(limit: reader.remaining)),
                [UInt8](try reader.counted(limit: reader.remaining)),
            ]
            try reader.finish()
        } catch {
            throw .malformed
        }
    }

    /// The file's bytes.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 48 + frames.reduce(0) { $0 + $1.count })
        writer.u32(Self.magic)
        writer.u16(Self.version)
        writer.u16(0)
        writer.bytes32(rosterDigest.value)
        for frame in frames { writer.counted(frame) }
        return writer.bytes
    }

    /// What the file proves, and against whom.
    ///
    /// - Throws: why it proves nothing.
    /// - Complexity: two signature checks and a pass over the bytes.
    public func verify(roster: Roster) throws(EvidenceFailure) -> (misconduct: Misconduct, peer: PeerID) {
        guard rosterDigest == roster.digest else { throw .otherRoster }
        let (first, second) = (try Self.frame(frames[0]), try Self.frame(frames[1]))
        let peer = first.header.sender
        guard second.header.sender == peer, let key = roster.key(of: peer) else { throw .otherSender }
        guard first.header.type.isSigned, second.header.type.isSigned, first.isSigned(by: key),
            second.isSigned(by: key)
        else { throw .badSignature }
        guard let misconduct = Contradiction.between(first, second) else { throw .noContradiction }
        return (misconduct, peer)
    }

    private static func frame(_ bytes: [UInt8]) throws(EvidenceFailure) -> Frame {
        do throws(Abort) {
            return try Frame(bytes)
        } catch {
            throw .badFrame
        }
    }
}
