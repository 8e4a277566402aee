internal import CryptoPrimitives
internal import RoundProtocol
internal import WireFormat

/// What a participant waits for; each case carries just what the next step needs.
enum PaillierParticipantStage: Sendable {
    /// No session is open.
    case expectProposal
    case expectJoinList
    /// In a session, between rounds.
    case expectRoundConfig
    /// A round is open and nothing has been encrypted yet.
    case expectInput(SumRound)
    /// The contribution has left, or may have: it is burnt.
    case expectSurvivors(SubmittedSum)
    /// A statement has been signed.
    case expectUnmaskRequest(AgreedSum)
    /// A quorum has signed; a shareholder multiplies the contributions.
    case expectUploads(AgreedSum, UploadFold)
    /// A shareholder's part has left, or none is to be given.
    case expectResult(AgreedSum, SumResultAssembly?)

    /// The protocol stage, for errors and measurements.
    var stage: Stage {
        switch self {
        case .expectProposal: .proposal
        case .expectJoinList: .advertise
        case .expectRoundConfig: .announce
        case .expectInput: .input
        case .expectSurvivors: .survivors
        case .expectUnmaskRequest, .expectUploads: .unmask
        case .expectResult: .result
        }
    }

    /// The round that is open, if one is.
    var context: SumRound? {
        switch self {
        case .expectInput(let context): context
        case .expectSurvivors(let round): round.context
        case .expectUnmaskRequest(let round), .expectUploads(let round, _), .expectResult(let round, _): round.context
        default: nil
        }
    }
}

/// The public side of a session: frames received and sent, byte for byte.
struct SumEpoch: Sendable {
    let proposal: SumProposal
    let proposalFrame: Frame
    var join: Frame
    var list: Frame?
    var session: SumSession?
}

/// A round whose contribution has been encrypted.
struct SubmittedSum: Sendable {
    let context: SumRound
    /// The signed promise of the contribution.
    let input: Frame
    /// The coordinator's signed word that it holds the contribution.
    var acknowledgement: Frame?
}

/// A round whose survivor set has been signed.
struct AgreedSum: Sendable {
    let context: SumRound
    /// The participant's own promise; nil when it signs for others only.
    let input: Frame?
    let agreement: Agreement
    /// The coordinator's frame that proposed the set.
    let proposal: Frame
    let statement: Frame
    /// The coordinator's frame that showed the quorum.
    var request: Frame?
    /// The signed promise of the part of the opening, once it has left.
    var response: Frame?
    /// What was opened, as this shareholder multiplied it; lost with the process.
    var opened: OpeningRequest?

    /// The survivors' signed promises, by ascending id.
    func promises(participants: Int) throws(Abort) -> [(frame: Frame, promise: MaskedInput)] {
        var promises: [(frame: Frame, promise: MaskedInput)] = []
        for frame in try SurvivorList(decoding: proposal.body, participants: participants).inputs {
            let promise = try Abort.decoding(.unmask, from: frame.header.sender) { () throws(DecodingFailure) in
                try MaskedInput(decoding: frame.body)
            }
            promises.append((frame, promise))
        }
        return promises
    }
}

/// The survivors' contributions on their way into the product, one after the other.
struct UploadFold: Sendable {
    let promises: [(frame: Frame, promise: MaskedInput)]
    /// The place of the contribution that is on its way.
    var next = 0
    var parts: PartAssembly
    var contributions: ContributionFold
}

/// A sum on its way in: the signed header and what has arrived of the opening.
struct SumResultAssembly: Sendable {
    let header: Frame
    let result: ResultHeader
    var parts: PartAssembly
}
