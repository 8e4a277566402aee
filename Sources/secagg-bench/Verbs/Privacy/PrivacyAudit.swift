internal import ArgumentParser
internal import DifferentialPrivacy
internal import WireFormat

/// `privacy audit`: lower bounds of epsilon from what an attacker could tell.
struct PrivacyAudit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "A lower bound of epsilon from guesses about canaries. It certifies nothing.",
        discussion: """
            Every canary was in or out by its own fair coin; an attacker guessed some of the coins and was right with some. \
            With --mechanism this program sends canaries through its own clip, company sums and noise, and exit code 1 \
            says that they show more than was planned; at confidence c that may happen by chance with probability 1 - c.
            """)

    @Option(name: .long, help: "Canaries, each in or out by a fair coin.")
    var canaries: WholeNumber?

    @Option(name: .long, help: "Guesses made.")
    var guesses: WholeNumber?

    @Option(name: .long, help: "Right guesses.")
    var correct: WholeNumber?

    @Option(name: .long, help: "The probability that epsilon may fail.")
    var delta: Double

    @Option(name: .long, help: "The probability that the bound is none is 1 - confidence.")
    var confidence: Double

    @Flag(name: .long, help: "Audit this program's own mechanism with canaries in many sums.")
    var mechanism = false

    @OptionGroup var output: OutputOptions

    static let label = "a lower bound from one attack; it certifies nothing, and a small one proves nothing"

    func validate() throws {
        let counts = [canaries, guesses, correct].compactMap { $0 }.count
        guard counts == (mechanism ? 0 : 3) else {
            throw ValidationError("give --canaries, --guesses and --correct, or --mechanism")
        }
    }

    func run() throws {
        let chance = try delta(of: delta)
        if mechanism { try auditMechanism(chance) } else { try auditGuesses(chance) }
    }

    private func delta(of value: Double) throws(CommandFailure) -> Delta {
        do throws(ParameterRefusal) { return try Delta(value) } catch {
            throw CommandFailure(
                status: .badInput, what: "no audit", why: "delta: \(error)", next: "pass a --delta in 1e-15...0.5")
        }
    }

    private static func refused(_ refusal: AuditRefusal) -> CommandFailure {
        CommandFailure(
            status: .badInput, what: "no audit", why: "\(refusal)",
            next: "counts: 1 to 65536 canaries, guesses among them, right ones among these; 0.5 < --confidence < 1")
    }

    private func auditGuesses(_ delta: Delta) throws {
        let bounds: [(name: String, key: String, value: Double)]
        do throws(AuditRefusal) {
            let audit = try OneRunAudit(
                canaries: canaries?.value ?? 0, guesses: guesses?.value ?? 0, correct: correct?.value ?? 0)
            bounds = [
                (
                    "binomial tail", "epsilon_lower_binomial",
                    try audit.epsilonLowerBound(at: delta, confidence: confidence)
                ),
                (
                    "trade-off function", "epsilon_lower_trade_off",
                    try audit.epsilonLowerBoundByTradeOff(at: delta, confidence: confidence)
                ),
                (
                    "if the noise is Gaussian", "epsilon_lower_if_gaussian",
                    try audit.epsilonLowerBoundIfGaussian(at: delta, confidence: confidence)
                ),
            ]
        } catch {
            throw Self.refused(error)
        }
        if output.json {
            try JSONOutput.write(
                .object(
                    [
                        JSONMember("schema", .string(JSONOutput.schema)), JSONMember("case", "privacy"),
                        JSONMember("audit", "one_run"),
                    ] + bounds.map { JSONMember($0.key, .number($0.value)) } + [
                        JSONMember("delta", .number(delta.value)), JSONMember("confidence", .number(confidence)),
                        JSONMember("label", .string(Self.label)),
                    ]))
            return
        }
        var facts = FactList()
        for bound in bounds {
            facts.add(bound.name, "epsilon not below \(bound.value) at delta \(delta.value), confidence \(confidence)")
        }
        facts.add("read it as", Self.label)
        print(facts.text)
    }

    private func auditMechanism(_ delta: Delta) throws {
        let trial: MechanismTrial
        do { trial = try MechanismTrial(delta: delta, confidence: confidence) } catch let refusal as AuditRefusal {
            throw Self.refused(refusal)
        }
        if output.json {
            try JSONOutput.write(trial.json(delta, confidence))
        } else {
            print(trial.facts(delta, confidence).text)
        }
        if trial.isFlagged {
            throw CommandFailure(
                status: .checkFailed, what: "the canaries show more than the plan allows",
                why: "a mechanism as planned does so with probability at most \(1 - confidence)",
                next: "run it again; if it happens again, report it: release nothing with this build",
                followsResult: true)
        }
    }
}
