import CryptoPrimitives
import DurableState
import RingVectors
import RoundProtocol
import SecureAggregation
import Testing
import WireFormat

@testable import SecAggSimulation

/// The checks that no planted fault trips: each is shown what must not be, and what may be.
@Suite struct WitnessMisuseTests {
    static let session = Blake2b.hash([1], Personalisation("test session"))
    static let config = Blake2b.hash([2], Personalisation("test config"))
    static let ids = (0..<4).map { PeerID(rawValue: $0) }

    let terms = SimulatedTerms(fourWithSeed: 3)
    let cast: SimulatedCast
    let witness: Witness

    init() throws {
        cast = try SimulatedCast(terms)
        witness = Witness(terms, cast, checksMasks: true)
        witness.sessions[Self.session] = Self.ids
    }

    func checks() -> Set<SimulationCheck> { Set(witness.violations.map(\.check)) }

    func agreement(_ seats: [Int]) -> Agreement {
        Agreement(configDigest: Self.config, survivors: Bitmap(count: 4, indices: seats), root: Self.config)
    }

    func send(_ type: FrameType, from peer: PeerID, round: UInt64 = 1, _ body: [UInt8], life: Int = 0) {
        let header = FrameHeader(type, sender: peer, session: Self.session, round: round)
        let bytes = cast.forged(header, body)
        witness.sent(SimulatedFrame(from: peer, to: .coordinator, bytes: bytes), life: life)
    }

    /// Statements of some, and shares of every member opened by some.
    func open(_ seats: [Int], signed: [PeerID], opened: [PeerID], round: UInt64 = 1, life: Int = 0) {
        let set = agreement(seats)
        for peer in signed { send(.survivorStatement, from: peer, round: round, set.encoded(), life: life) }
        let shares = UnmaskShares(
            agreementDigest: set.digest(session: Self.session, round: round),
            shares: Self.ids.map { ($0, Bytes32()) })
        for peer in opened { send(.unmaskShares, from: peer, round: round, shares.encoded(), life: life) }
    }

    @Test func anHonestOpeningIsClean() {
        open([0, 1, 2], signed: Self.ids, opened: Self.ids)
        open([0, 1, 3], signed: Self.ids, opened: Self.ids, round: 2)
        #expect(checks().isEmpty)
    }

    @Test func bothSecretsOfAClient() {
        // Two holders of each secret of 3 are enough at t = 2, though nobody opens both.
        open([0, 1, 2, 3], signed: [Self.ids[0], Self.ids[1], Self.ids[2]], opened: [Self.ids[0], Self.ids[1]])
        #expect(checks().isEmpty)
        open([0, 1, 2], signed: [Self.ids[2], Self.ids[3], Self.ids[0]], opened: [Self.ids[2]], life: 1)
        #expect(checks() == [.twoSetsOpened])
        open([0, 1, 2], signed: [], opened: [Self.ids[3]], life: 1)
        #expect(checks() == [.twoSetsOpened, .bothSecrets])
    }

    @Test func oneHolderOfBoth() {
        open([0, 1, 2, 3], signed: Self.ids, opened: [Self.ids[0]])
        open([0, 1, 2], signed: Self.ids, opened: [Self.ids[0]], life: 1)
        #expect(checks().contains(.bothSecrets))
    }

    /// The adversary's own member holds a share of each.
    @Test func corruptHoldersCount() {
        witness.corrupt = [Self.ids[1]]
        open([0, 1, 2, 3], signed: [Self.ids[0], Self.ids[2]], opened: [Self.ids[0]])
        #expect(checks().isEmpty)
        open([0, 1, 2], signed: [Self.ids[2], Self.ids[3]], opened: [Self.ids[2]], life: 1)
        #expect(checks().contains(.bothSecrets))
    }

    @Test func quorumAndFloor() {
        open([0, 1, 2], signed: [Self.ids[0], Self.ids[1]], opened: [Self.ids[0]])
        #expect(checks() == [.noQuorum])
        open([0, 1], signed: Self.ids, opened: [Self.ids[0]], round: 2)
        #expect(checks() == [.noQuorum, .tooFewSurvivors])
    }

    @Test func anUpdateMaskedTwice() throws {
        let layout = try LaneLayout(bits: terms.bits)
        let input = try PackedVector(packing: [1, 2, 3, 4, 5], layout: layout)
        let process = SimulatedProcess(Self.ids[0])
        let name = try #require(RecordName(Participant.uploadRecord))
        func upload(_ words: [UInt8], token: UInt8, round: UInt64, generation: UInt64) throws {
            let number = try #require(Bytes32([UInt8](repeating: token, count: 32)))
            witness.submitting(Self.ids[0], input, number)
            try process.disk.commit(StateRecord(name: name, generation: generation, sealed: words))
            witness.stored(process)
            let roots = words.withUnsafeBytes { UploadDigest.chunkRoots($0) }
            let promise = MaskedInput(
                configDigest: Blake2b.hash([UInt8(round)], Personalisation("test config")), wordCount: 2,
                inputDigest: UploadDigest.root(of: roots))
            send(.maskedInput, from: Self.ids[0], round: round, promise.encoded())
        }
        var words = input.littleEndianBytes()
        try upload(words, token: 1, round: 1, generation: 1)
        words[0] ^= 1
        try upload(words, token: 2, round: 2, generation: 2)
        #expect(checks().isEmpty, "the same values under another token are another update")
        words[0] ^= 2
        try upload(words, token: 1, round: 3, generation: 3)
        #expect(checks() == [.inputReused])
    }

    @Test func sizesAndRefusals() throws {
        let process = SimulatedProcess(Self.ids[0])
        witness.check(sizes: [process], spool: 0)
        witness.check(refusal: process, before: [[1]], after: [[1]])
        witness.check(state: Abort(.stateCorrupt, .state), of: process, .rotten(at: 3))
        #expect(checks().isEmpty)
        witness.check(sizes: [process], spool: 1 << 20)
        #expect(checks() == [.bytesOverCap])
        witness.check(refusal: process, before: [[1]], after: [[2]])
        witness.check(state: Abort(.stateCorrupt, .state), of: process, .faithful)
        #expect(checks() == [.bytesOverCap, .refusalChangedState, .badStateTaken])
    }
}
