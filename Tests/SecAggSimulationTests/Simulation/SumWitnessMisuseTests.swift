import CryptoPrimitives
import DurableState
import PaillierAggregation
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecAggSimulation

/// The checks of sums under encryption: each is shown what must not be, and what may be.
@Suite struct SumWitnessMisuseTests {
    static let session = Blake2b.hash([1], Personalisation("test session"))
    static let config = Blake2b.hash([2], Personalisation("test config"))
    static let ids = (0..<4).map { PeerID(rawValue: $0) }

    let terms = SimulatedTerms(fourWithSeed: 4)
    let cast: SimulatedCast
    let witness: Witness
    let sums: SumWatch

    init() throws {
        cast = try SimulatedCast(terms)
        witness = Witness(terms, cast, checksMasks: false)
        sums = SumWatch(terms.opening)
        witness.sums = sums
        witness.sessions[Self.session] = Self.ids
    }

    func checks() -> Set<SimulationCheck> { Set(witness.violations.map(\.check)) }

    /// A contribution of one value, with its proof, under exponents of a stream.
    func contribution(_ value: Int64, by id: Int, round: UInt64, stream: String) throws -> [UInt8] {
        let key = sums.key.publicKey
        let packing = try PlaintextPacking(for: key.parameters, valueBound: 1_000, participants: 4)
        var source: any RandomSource = SeededRandomSource(seed: 1, label: stream)
        let plaintexts = try packing.encode([value], for: key)
        let encryption = try Encryptor(key).encryptKeepingExponents(plaintexts, from: &source)
        let proof = try PlaintextKnowledgeProof.prove(
            encryption, of: plaintexts, key: key,
            context: .init(session: Self.session, round: round, sender: UInt32(id)), from: &source)
        let limbs = encryption.ciphertexts.limbs
        return limbs.flatMap { limb in (0..<8).map { UInt8(truncatingIfNeeded: limb >> UInt64(8 * $0)) } }
            + proof.bytes()
    }

    @Test func oneExponentForTwoPlaintexts() throws {
        witness.note(try contribution(5, by: 0, round: 1, stream: "a"), of: Self.ids[0])
        witness.note(try contribution(5, by: 0, round: 1, stream: "a"), of: Self.ids[0])
        witness.note(try contribution(6, by: 0, round: 2, stream: "b"), of: Self.ids[0])
        #expect(checks().isEmpty, "the same bytes again, and other exponents")
        witness.note(try contribution(7, by: 0, round: 3, stream: "a"), of: Self.ids[0])
        #expect(checks() == [.randomnessReused])
    }

    /// Survivors with contributions of their own, agreed on by everybody; the digest of the set.
    func agree(_ seats: [Int], round: UInt64, stream: String? = nil) throws -> Digest {
        var promises: [PeerID: Digest] = [:]
        for id in seats {
            let stream = stream ?? "\(id) \(round)"
            let bytes = try contribution(Int64(id), by: id, round: round, stream: stream + " \(id)")
            let roots = bytes.withUnsafeBytes { UploadDigest.chunkRoots($0) }
            promises[Self.ids[id]] = UploadDigest.root(of: roots)
            witness.corrupt = Set(Self.ids)  // exponents are not what is looked at here
            witness.note(bytes, of: Self.ids[id])
            witness.corrupt = []
        }
        let set = Agreement(
            configDigest: Self.config, survivors: Bitmap(count: 4, indices: seats), root: Self.config)
        let digest = set.digest(session: Self.session, round: round)
        witness.agreements[digest] = set
        sums.promises[digest] = promises
        for peer in Self.ids {
            let header = FrameHeader(.survivorStatement, sender: peer, session: Self.session, round: round)
            witness.sent(
                SimulatedFrame(from: peer, to: .coordinator, bytes: cast.forged(header, set.encoded())), life: 0)
        }
        return digest
    }

    /// Shareholder 0 gives the part of one set under the name of another.
    func open(_ named: Digest, partOf set: Digest, round: UInt64, life: Int = 0) throws {
        var configs = witness.configurations
        configs[Self.config] = try config()
        witness.configurations = configs
        let contributions = try #require(sums.contributions(to: set, witness))
        let request = try OpeningRequest(
            mode: .partialDecryption, session: Self.session, round: round, contributions: contributions, key: sums.key)
        var source: any RandomSource = SeededRandomSource(seed: 2, label: "part \(round)")
        let part = try part(of: request, from: &source)
        let name = try #require(RecordName(PaillierParticipant.shareRecord))
        let process = SimulatedProcess(Self.ids[0])
        witness.sumStored(
            StateRecord(name: name, generation: 1, sealed: part), isStored: true, of: process)
        let roots = part.withUnsafeBytes { UploadDigest.chunkRoots($0) }
        let body = OpeningShareHeader(
            agreementDigest: named, byteCount: UInt64(part.count), digest: UploadDigest.root(of: roots))
        let header = FrameHeader(.openingShare, sender: Self.ids[0], session: Self.session, round: round)
        witness.sent(
            SimulatedFrame(from: Self.ids[0], to: .coordinator, bytes: cast.forged(header, body.encoded())),
            life: life)
    }

    func part(of request: OpeningRequest, from source: inout any RandomSource) throws -> [UInt8] {
        switch terms.opening.dealt.share(of: 0) {
        case .none: throw PaillierFailure.keyMismatch
        case .some(let share): return try share.open(request, key: sums.key, from: &source).bytes()
        }
    }

    func config() throws -> RoundConfig {
        let packing = try PlaintextPacking(for: .toy512, valueBound: 1_000, participants: 4)
        let digest = Digest(Bytes32())
        return RoundConfig(
            modelDigest: digest, schemaDigest: digest, parametersDigest: digest, dimension: 1, ringBits: 21,
            maskSuite: .chaCha20, valueBound: 1_000, weightCap: 1, noiseTail: 0, noiseVariance: 0, quorum: 3,
            threshold: 2, minimumSurvivors: 3, receiptsRequired: 0, receiptsDigest: packing.digest,
            inputDeadline: Instant(milliseconds: 1), survivorDeadline: Instant(milliseconds: 2),
            unmaskDeadline: Instant(milliseconds: 3), cohort: Bitmap(count: 4, indices: [0, 1, 2, 3]))
    }

    @Test func anHonestPartIsClean() throws {
        let first = try agree([0, 1, 2], round: 1)
        try open(first, partOf: first, round: 1)
        let second = try agree([0, 1, 2, 3], round: 2)
        try open(second, partOf: second, round: 2)
        #expect(checks().isEmpty, "\(witness.violations)")
    }

    @Test func aPartOfAnotherSum() throws {
        let all = try agree([0, 1, 2, 3], round: 1)
        let other = try agree([0, 1, 2], round: 2)
        try open(all, partOf: other, round: 1)
        #expect(checks() == [.partOfAnotherSum])
    }

    @Test func twoOpeningsOfOneSum() throws {
        let all = try agree([0, 1, 2, 3], round: 1)
        let fewer = try agree([0, 1, 2], round: 1)
        try open(all, partOf: all, round: 1)
        #expect(checks().isSubset(of: [.twoSetsForAModel, .contradiction]))
        try open(fewer, partOf: fewer, round: 1, life: 1)
        #expect(checks().contains(.twoSetsOpened))
    }

    @Test func aSumBelowTheMinimum() throws {
        let two = try agree([0, 1], round: 1)
        try open(two, partOf: two, round: 1)
        #expect(checks() == [.tooFewSurvivors])
    }

    /// The same ciphertexts in two rounds: the difference of both sums is a smaller one.
    @Test func aContributionOpenedInTwoRounds() throws {
        let first = try agree([0, 1, 2], round: 1, stream: "same")
        try open(first, partOf: first, round: 1)
        let second = try agree([0, 1, 2, 3], round: 2, stream: "same")
        try open(second, partOf: second, round: 2)
        #expect(checks() == [.contributionOpenedTwice])
    }

    @Test func aRecordOfOpeningsThatForgets() throws {
        let process = SimulatedProcess(Self.ids[0])
        let name = try #require(RecordName(PaillierParticipant.openingsRecord))
        var record = OpeningRecord(keyID: sums.key.id, minimumCohort: 3)
        let empty = record
        let set = try agree([0, 1, 2], round: 1)
        witness.configurations[Self.config] = try config()
        let request = try OpeningRequest(
            mode: .partialDecryption, session: Self.session, round: 1,
            contributions: try #require(sums.contributions(to: set, witness)), key: sums.key)
        try record.admit(request, key: sums.key)
        func store(_ record: OpeningRecord, _ generation: UInt64) {
            var random: any RandomSource = SeededRandomSource(seed: 3)
            let bytes = record.bytes()
            var plaintext = SecretBytes(zeroed: bytes.count)
            plaintext.withUnsafeMutableBytes { $0.copyBytes(from: bytes) }
            let sealed = cast.sealingKey(Self.ids[0]).seal(
                plaintext, name: name, generation: generation, nonceFrom: &random)
            witness.sumStored(sealed, isStored: true, of: process)
        }
        store(empty, 1)
        store(record, 2)
        #expect(checks().isEmpty)
        store(empty, 3)
        #expect(checks() == [.ledgerWentBack])
    }
}
