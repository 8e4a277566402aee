public import CryptoPrimitives
internal import WireFormat

/// What a shareholder has opened under one key, so that it opens one set a round and never two sets that overlap.
///
/// The difference of two opened sets that share contributions is a smaller set, in the end one company's update.
///
/// Source: threshold-paillier section 6
public struct OpeningRecord: Sendable, Equatable {
    /// Contributions remembered before the key has to be dealt anew: about 2 MiB.
    public static let capacity = 65_536

    /// The digest of the threshold key.
    public let keyID: Digest
    /// The fewest contributors of a set, at least 2.
    public let minimumCohort: Int
    /// The set opened in each round, by digest of session and round.
    private var rounds: [Digest: Digest] = [:]
    private var contributions: Set<Digest> = []

    /// Nothing opened yet. A minimum below 2 is the caller's error.
    ///
    /// Take at least two more than the contributors who may collude: root opening needs two honest ones.
    public init(keyID: Digest, minimumCohort: Int) {
        precondition(minimumCohort >= 2, "a sum of one is no sum")
        self.keyID = keyID
        self.minimumCohort = minimumCohort
    }

    /// The number of sets opened.
    public var openedSets: Int { rounds.count }

    /// Whether just this set has been admitted: its part may be made once more when the first one never left.
    func holds(_ request: OpeningRequest) -> Bool { rounds[Self.name(of: request)] == request.set }

    /// Whether a round of a session has been opened, whatever the set.
    func holds(session: Digest, round: UInt64) -> Bool { rounds[Self.name(session, round)] != nil }

    private static func name(of request: OpeningRequest) -> Digest { name(request.session, request.round) }

    private static func name(_ session: Digest, _ round: UInt64) -> Digest {
        var transcript = ProofTranscript("opened round")
        transcript.append(session)
        transcript.append(round)
        return transcript.digest()
    }

    /// Whether a contribution was part of an opened set.
    func holds(_ contribution: Digest) -> Bool { contributions.contains(contribution) }

    /// Whether so many contributions more fit; if not, the key is due to be dealt anew.
    func hasRoom(for count: Int) -> Bool { contributions.count + count <= Self.capacity }

    /// Takes a request into the record, which the caller makes durable before any share leaves.
    ///
    /// Throws `keyMismatch`, `cohortTooSmall`, and `setAlreadyOpened` when the round was opened before in any mode, when a
    /// contribution was part of an opened set, or when the record is full. A refused request changes nothing.
    public mutating func admit(_ request: OpeningRequest, key: ThresholdPublicKey) throws(PaillierFailure) {
        guard keyID == key.id, request.aggregate.keyID == key.publicKey.id else { throw .keyMismatch }
        guard request.contributors.count >= minimumCohort else {
            throw .cohortTooSmall(minimum: minimumCohort, found: request.contributors.count)
        }
        let round = Self.name(of: request)
        guard rounds[round] == nil, contributions.isDisjoint(with: request.contributions),
            contributions.count + request.contributions.count <= Self.capacity
        else { throw .setAlreadyOpened }
        rounds[round] = request.set
        contributions.formUnion(request.contributions)
    }

    /// Key (32 bytes), minimum (4), rounds (count, round and set), contributions (count, digest), in ascending order.
    public func bytes() -> [UInt8] {
        var writer = ByteWriter(reserving: 64 + 64 * rounds.count + 32 * contributions.count)
        writer.bytes32(keyID.value)
        writer.u32(UInt32(minimumCohort))
        writer.u32(UInt32(rounds.count))
        for (round, set) in rounds.sorted(by: { $0.key < $1.key }) {
            writer.bytes32(round.value)
            writer.bytes32(set.value)
        }
        writer.u32(UInt32(contributions.count))
        for contribution in contributions.sorted() { writer.bytes32(contribution.value) }
        return writer.bytes
    }

    /// Reads what `bytes()` wrote. Throws `malformed`.
    public init(bytes: [UInt8]) throws(PaillierFailure) {
        do throws(DecodingFailure) {
            var reader = ByteReader(bytes)
            keyID = Digest(try reader.bytes32())
            let minimum = try reader.u32()
            guard minimum >= 2, minimum <= UInt32(Int32.max) else { throw .invalidValue }
            minimumCohort = Int(minimum)
            for _ in 0..<(try reader.count(limit: Self.capacity, elementBytes: 64)) {
                let round = Digest(try reader.bytes32())
                rounds[round] = Digest(try reader.bytes32())
            }
            for _ in 0..<(try reader.count(limit: Self.capacity, elementBytes: 32)) {
                contributions.insert(Digest(try reader.bytes32()))
            }
            try reader.finish()
        } catch {
            throw .malformed
        }
    }
}
