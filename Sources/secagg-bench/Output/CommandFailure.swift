internal import DifferentialPrivacy
internal import FederatedLearning
internal import PredictiveMaintenance
internal import RoundProtocol
internal import SecureAggregation
internal import SecureFederation
internal import WireFormat

/// The documented exit codes.
enum ExitStatus: Int32 {
    case ok = 0
    case checkFailed = 1
    case usage = 2
    case badInput = 3
    case aborted = 4
    case budgetExhausted = 5
    case environment = 6
}

/// Why a verb stopped: what did not happen, why, and what to do next.
struct CommandFailure: Error {
    let status: ExitStatus
    let what: String
    let why: String
    let next: String
    /// Whether the verb's own object is on standard output already.
    var followsResult = false

    var message: String { "secagg-bench: \(what): \(why).\n  Next: \(next)." }

    func json(verb: String) -> JSONValue {
        [
            "schema": .string(JSONOutput.schema), "case": .string(verb),
            "error": [
                "exit_code": .integer(Int64(status.rawValue)), "what": .string(what), "why": .string(why),
                "next": .string(next),
            ],
        ]
    }
}

extension CommandFailure {
    init(_ refusal: PlanRefusal) {
        self.init(
            status: .badInput, what: "no safe session can be planned", why: refusal.description,
            next: "change the option named, or try values with `secagg-bench plan`")
    }

    init(_ abort: Abort) {
        self.init(
            status: .aborted, what: "the round was given up", why: abort.description,
            next: "take fewer dropouts, more clients or a lower --threshold; `secagg-bench plan` says what is survived")
    }

    init(_ failure: TurbofanDataFailure) {
        self.init(
            status: .badInput, what: "the turbofan data cannot be used", why: failure.description,
            next: "point --path at the folder that holds train_FD001.txt, test_FD001.txt and RUL_FD001.txt")
    }

    init(_ failure: FederationFailure) {
        switch failure {
        case .plan(let refusal): self.init(refusal)
        case .round(let abort): self.init(abort)
        case .encoding(let reason):
            self.init(
                status: .badInput, what: "an upload cannot be encoded", why: "\(reason)",
                next: "take another --bits: 21 and 32 are good widths")
        case .learning(let reason):
            self.init(
                status: .badInput, what: "training refused its numbers", why: "\(reason)",
                next: "check the data, or begin with the simulator: `secagg-bench train`")
        case .gate(let reason):
            self.init(
                status: .badInput, what: "no slot may be opened", why: "\(reason)",
                next: "take fewer --slots or --colluders; every open slot needs three honest members and the colluders")
        case .robustness(let reason):
            self.init(
                status: .badInput, what: "the robust rule cannot hold", why: "\(reason)",
                next:
                    "take more --groups, fewer --attackers, or --robust vote, which needs an honest majority of voters")
        case .contribution(let reason):
            self.init(
                status: .badInput, what: "contributions cannot be told", why: "\(reason)",
                next: "train more rounds, or draw groups anew more often with --rounds-per-grouping")
        case .cohort(let reason):
            self.init(
                status: .badInput, what: "the asynchronous cohort is out of step", why: "\(reason)",
                next: "take more companies, or another --strategy")
        case .cohortTooSmall(let found, let minimum):
            self.init(
                status: .badInput, what: "a sum would show too much",
                why: "it is over \(found) companies and \(minimum) are the fewest", next: "take larger groups")
        case .procedure(let reason): self.init(reason)
        case .accounting(let reason): self.init(reason)
        case .ledger(let reason): self.init(reason)
        case .noise(let reason):
            self.init(
                status: .badInput, what: "no noise can be planned", why: "\(reason)",
                next: "change the number named: fewer colluders or dropouts, another --epsilon or --unit-cap")
        case .removal(let reason):
            self.init(
                status: .aborted, what: "surplus noise was not taken off", why: "\(reason)",
                next: "the sum stands as it is, with more noise; --keep-surplus leaves it in")
        case .clip(let reason):
            self.init(
                status: .badInput, what: "a company's units cannot be summed", why: "\(reason)",
                next: "raise --unit-cap; it is agreed beforehand and known to everybody")
        }
    }

    init(_ refusal: ProcedureRefusal) {
        self.init(
            status: .badInput, what: "this training cannot carry the guarantee", why: "\(refusal)",
            next: "take --procedure A, B, C or D with --privacy asset, or leave the privacy option out")
    }

    init(_ refusal: AccountingRefusal) {
        self.init(
            status: .badInput, what: "the privacy budget is refused", why: "\(refusal)",
            next: "change the number named; `secagg-bench privacy calibrate` finds what fits")
    }

    init(_ refusal: LedgerRefusal) {
        self.init(
            status: refusal == .budgetExceeded || refusal == .filterExceedsBudget ? .budgetExhausted : .badInput,
            what: "the release was not charged", why: "\(refusal)",
            next: "nothing left this machine; agree on another budget, or stop here")
    }

    /// A check of a verb that ran to its end.
    static func check(_ what: String, _ why: String) -> CommandFailure {
        CommandFailure(
            status: .checkFailed, what: what, why: why, next: "keep the output and report it: this must not happen",
            followsResult: true)
    }
}
