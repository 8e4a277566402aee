internal import ArgumentParser
internal import PredictiveMaintenance
internal import SecureAggregation
internal import SecureFederation

/// `train`: several companies train one model through the secure sum.
struct Train: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train one model for several companies through the secure sum; compare solo, federated, centralised.",
        discussion: "Without options: five simulated companies, some seconds. All companies are played by this process."
    )

    @OptionGroup var data: DataOptions

    @Option(name: .long, help: "Rounds of training. Without it: what the data set's terms say.")
    var rounds: Int?

    @Option(
        name: .long,
        help: "Decides data, start and dropouts, and makes every secret predictable. Without it: 0, and true secrets.")
    var seed: UInt64?

    @Option(name: .long, help: "Colluders to withstand. Without it: a tenth of the companies, at least 1.")
    var colluders: Int?

    @Option(name: .long, help: "Bits of the ring of the updates, 8 to 62, or 64.")
    var bits = 32

    @Flag(name: .customLong("no-dropouts"), help: "Nobody ever falls silent.")
    var noDropouts = false

    @Option(name: .customLong("dropout-rate"), help: "Share of the rounds in which one company falls silent, 0 to 1.")
    var dropoutRate: Double?

    @Flag(name: .long, help: "Fit a ridge regression through one secure sum as well; always done for cmapss.")
    var ridge = false

    @Option(name: .long, help: "Write the model, its description and the report into this folder.")
    var out: String?

    @OptionGroup var backend: BackendOptions

    @OptionGroup var output: OutputOptions

    func validate() throws {
        if let rounds, !(1...100_000).contains(rounds) { throw ValidationError("--rounds is in 1...100000") }
        if let dropoutRate, !(dropoutRate >= 0 && dropoutRate <= 1) {
            throw ValidationError("--dropout-rate is in 0...1")
        }
        if noDropouts && dropoutRate != nil {
            throw ValidationError("--no-dropouts and --dropout-rate exclude each other")
        }
    }

    func run() throws {
        let meter = RunMeter()
        let randomness = Randomness(seed: seed)
        let files = try out.map { (path) throws(CommandFailure) in try ModelFiles(directory: path) }
        let summationSettings = SecureSummation.Settings(
            companies: data.companyCount, colluders: colluders, backend: backend.backend(shares: nil))
        let scenario: Scenario
        let summation: SecureSummation
        do throws(PlanRefusal) {
            // What `plan` says at length; here only what changes the guarantee.
            for case .fewHonestInputs(let count) in try summationSettings.plan().warnings {
                Terminal.warn(PlanWarning.fewHonestInputs(count).description)
            }
        } catch {
            throw CommandFailure(error)
        }
        let directory = try data.directory()
        Terminal.progress("reading data")
        do throws(TurbofanDataFailure) {
            scenario = try data.scenario(seed: seed ?? 0, directory: directory)
        } catch {
            throw CommandFailure(error)
        }
        let settings = MaintenanceRun.Settings(
            rounds: rounds ?? scenario.terms.rounds, ringBits: bits, dropoutRate: noDropouts ? 0 : dropoutRate ?? 0.2,
            seed: seed ?? 0, withRidge: ridge || data.data == .cmapss)
        let result: MaintenanceResult
        do throws(FederationFailure) {
            summation = try SecureSummation(summationSettings) { randomness.source(for: $0) }
            result = try MaintenanceRun(scenario: scenario, settings: settings).run(through: summation)
        } catch {
            throw CommandFailure(error)
        }
        Terminal.endProgress()
        let report = MaintenanceReport(
            data: data.data.rawValue, scenario: data.scenarioName, measure: scenario.measure, settings: settings,
            plan: summation.plan, backend: backend.backend.rawValue, result: result, wallSeconds: meter.wallSeconds,
            cpuSeconds: meter.cpuSeconds)
        try files?.write(result, report: report.json)
        if output.json {
            try JSONOutput.write(report.json)
        } else {
            print(report.text)
        }
        try report.check()
    }
}

/// Wall and processor seconds since it was made.
struct RunMeter {
    private let wall = ResourceUsage.wallSeconds()
    private let cpu = ResourceUsage.processSeconds()

    var wallSeconds: Double { ResourceUsage.wallSeconds() - wall }
    var cpuSeconds: Double { ResourceUsage.processSeconds() - cpu }
}
