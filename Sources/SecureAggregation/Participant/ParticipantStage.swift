internal import CryptoPrimitives
internal import RoundProtocol

/// What a participant waits for; each case carries just what the next step needs.
enum ParticipantStage: Sendable {
    /// No epoch is open.
    case expectProposal
    case expectAdvertiseList
    case expectDelivery
    /// Set up; between rounds.
    case expectRoundConfig
    /// A round is open and nothing has been masked yet.
    case expectInput(RoundContext)
    /// The masked input has left, or may have: it is burnt.
    case expectSurvivors(SubmittedRound)
    /// A statement has been signed.
    case expectUnmaskRequest(AgreedRound)
    /// Shares have been opened.
    case expectResult(AgreedRound, ResultAssembly?)

    /// The protocol stage, for errors and measurements.
    var stage: Stage {
        switch self {
        case .expectProposal: .proposal
        case .expectAdvertiseList: .advertise
        case .expectDelivery: .deal
        case .expectRoundConfig: .announce
        case .expectInput: .input
        case .expectSurvivors: .survivors
        case .expectUnmaskRequest: .unmask
        case .expectResult: .result
        }
    }

    /// The round that is open, if one is.
    var context: RoundContext? {
        switch self {
        case .expectInput(let context): context
        case .expectSurvivors(let round): round.context
        case .expectUnmaskRequest(let round), .expectResult(let round, _): round.context
        default: nil
        }
    }
}

/// A round whose input has been masked.
struct SubmittedRound: Sendable {
    let context: RoundContext
    /// The signed promise of the masked vector.
    let input: Frame
    /// The coordinator's signed word that it holds the vector.
    var acknowledgement: Frame?
}

/// A round whose survivor set has been signed.
struct AgreedRound: Sendable {
    let context: RoundContext
    /// The participant's own input frame; nil when it signs for others only.
    let input: Frame?
    let agreement: Agreement
    /// The coordinator's frame that proposed the set.
    let proposal: Frame
    let statement: Frame
    /// The opened shares, once they have left.
    var response: Frame?
}

/// A sum on its way in: the signed header and what has arrived of the words.
struct ResultAssembly: Sendable {
    let header: Frame
    let result: ResultHeader
    var parts: PartAssembly
}
