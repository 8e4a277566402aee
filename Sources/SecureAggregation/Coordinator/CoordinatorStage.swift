internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol
internal import WireFormat

/// What the coordinator waits for.
enum CoordinatorStage: Sendable {
    case idle
    case expectAdvertisements
    case expectDeals
    case expectReceipts
    /// Set up; between rounds.
    case ready
    case expectInputs
    case expectStatements
    case expectShares

    /// The protocol stage, for errors and measurements.
    var stage: Stage {
        switch self {
        case .idle: .proposal
        case .expectAdvertisements: .advertise
        case .expectDeals, .expectReceipts: .deal
        case .ready: .announce
        case .expectInputs: .input
        case .expectStatements: .survivors
        case .expectShares: .unmask
        }
    }
}

/// The coordinator's side of an epoch: frames by id or seat.
struct CoordinatorEpoch: Sendable {
    let parameters: EpochParameters
    let proposal: EpochProposal
    let proposalFrame: Frame
    var advertisements: [PeerID: Frame] = [:]
    var advertisedKeys: Set<Bytes32> = []
    var list: Frame?
    var session: Session?
    private(set) var commitments: [Int: Frame] = [:]
    /// What the commitments hash to: kept, because every receipt asks for those of all its dealers.
    private(set) var commitmentDigests: [Int: Digest] = [:]
    var shares = FrameStore()
    var receipts: [Int: Frame] = [:]
    /// Who has dealt in full, by seat.
    var dealers: Bitmap = Bitmap(count: 0)
    /// For each seat the dealers that it holds shares of.
    var holdings: [Int: Bitmap] = [:]

    init(parameters: EpochParameters, proposal: EpochProposal, proposalFrame: Frame) {
        self.parameters = parameters
        self.proposal = proposal
        self.proposalFrame = proposalFrame
    }

    /// Notes a dealer's commitments and what they hash to.
    mutating func note(commitments frame: Frame, of seat: Int) {
        commitments[seat] = frame
        commitmentDigests[seat] = frame.digest
    }
}

/// One participant's upload on its way in.
struct PendingUpload: Sendable {
    let frame: Frame
    let promise: MaskedInput
    var parts: PartTracker
}

/// The coordinator's side of a round.
struct CoordinatorRound: Sendable {
    let context: RoundContext
    var pending: [Int: PendingUpload] = [:]
    var inputs: [Int: Frame] = [:]
    var acknowledgements: [Int: Frame] = [:]
    var included: Bitmap
    var accumulator: PackedVector
    var agreement: Agreement?
    var survivorsFrame: Frame?
    var statements: [Int: Frame] = [:]
    var requestFrame: Frame?
    /// The answers as they came, checked; shares are read where they are.
    private(set) var responses: [Int: Frame] = [:]
    /// How many of them hold a share of each seat's secret.
    private var shareCounts: [Int]
    /// Shares that recover a secret.
    private let threshold: Int
    /// Members of the cohort of whose secrets too few shares have come.
    private var unrecoverable: Int
    /// For each dealer whose shares were checked one by one, the holders whose share is wrong.
    private(set) var wrong: [Int: Set<Int>] = [:]
    /// What holders have been found to fail in: a share that is wrong, or a receipt that leaves out some dealers of the cohort.
    private(set) var failures: [Int: Int] = [:]
    /// How many responses there were when a dealer's shares were last checked one by one.
    var checkedResponses: [Int: Int] = [:]

    init(context: RoundContext, session: Session) {
        self.context = context
        included = Bitmap(count: session.count)
        shareCounts = [Int](repeating: 0, count: session.count)
        threshold = session.threshold
        unrecoverable = context.config.cohort.population
        accumulator = PackedVector(zeros: context.dimension, layout: context.layout)
    }

    /// Notes a holder's checked answer with shares of these dealers, all of the cohort.
    mutating func note(response frame: Frame, of dealers: Bitmap, from seat: Int, _ session: Session) {
        responses[seat] = frame
        if !session.holderSet(of: seat).intersection(context.config.cohort).isSubset(of: dealers) {
            failures[seat, default: 0] += 1
        }
        for dealer in dealers.indices {
            shareCounts[dealer] += 1
            if shareCounts[dealer] == threshold { unrecoverable -= 1 }
        }
    }

    /// Whether enough shares of every secret of the cohort have come.
    var isRecoverable: Bool { unrecoverable == 0 }
    /// Whether everybody who signed the survivor set has answered.
    var hasAllAnswers: Bool { responses.count == statements.count }

    /// Whether one more answer, with shares of these dealers, is one after which the sum is opened or given up.
    func isOpened(byShareOf dealers: Bitmap) -> Bool {
        responses.count + 1 == statements.count
            || dealers.indices.count { shareCounts[$0] + 1 == threshold } == unrecoverable
    }

    /// The share of a dealer that a holder answered with, nil where it did not or the share is known to be wrong.
    func share(of dealer: (seat: Int, id: PeerID), heldBy holder: Int) -> Bytes32? {
        guard let answer = responses[holder], !isWrong(holder, dealer.seat) else { return nil }
        return UnmaskShares.share(of: dealer.id, in: answer.body)
    }

    /// Gives the sum away; nothing can be folded in any more.
    @discardableResult
    mutating func releaseAccumulator() -> PackedVector {
        let sum = accumulator
        accumulator = PackedVector(zeros: 0, layout: context.layout)
        return sum
    }

    /// Notes that every share of the dealer that is here now has been checked.
    mutating func noteChecked(_ dealer: Int, wrong holders: [Int]) {
        for holder in holders where wrong[dealer, default: []].insert(holder).inserted {
            failures[holder, default: 0] += 1
            if shareCounts[dealer] == threshold { unrecoverable += 1 }
            shareCounts[dealer] -= 1
        }
        checkedResponses[dealer] = responses.count
    }

    func isWrong(_ holder: Int, _ dealer: Int) -> Bool { wrong[dealer]?.contains(holder) == true }

    /// Whether every share of the dealer that is here now has been checked.
    func isChecked(_ dealer: Int) -> Bool {
        guard let checked = checkedResponses[dealer] else { return false }
        return checked == responses.count
    }
}
