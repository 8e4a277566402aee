internal import ArgumentParser
internal import DifferentialPrivacy
internal import FederatedLearning
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

    @OptionGroup var privacy: PrivacyOptions

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
        let privateRun = try privateRun(scenario, plan: summationSettings)
        let settings = MaintenanceRun.Settings(
            rounds: rounds ?? scenario.terms.rounds, ringBits: bits, dropoutRate: noDropouts ? 0 : dropoutRate ?? 0.2,
            seed: seed ?? 0, withRidge: ridge || data.data == .cmapss)
        let result: MaintenanceResult
        let privateResult: PrivateResult?
        do throws(FederationFailure) {
            summation = try SecureSummation(summationSettings) { randomness.source(for: $0) }
            result = try MaintenanceRun(scenario: scenario, settings: settings).run(through: summation)
            privateResult = try privateRun.map { (run) throws(FederationFailure) in
                try run.run(
                    in: summationSettings, random: { randomness.source(for: $0) },
                    persist: { company, line in try files?.append(line, of: company) })
            }
        } catch {
            throw CommandFailure(error)
        }
        Terminal.endProgress()
        let report = MaintenanceReport(
            data: data.data.rawValue, scenario: data.scenarioName, measure: scenario.measure, settings: settings,
            plan: summation.plan, backend: backend.backend.rawValue, result: result, privateResult: privateResult,
            wallSeconds: meter.wallSeconds,
            cpuSeconds: meter.cpuSeconds)
        try files?.write(result, privateResult, report: report.json)
        if let files, let privateResult {
            try files.write(
                try PrivacyFiles(
                    privateResult, federation: scenario.name, signedBy: privacy.signingKey()))
        }
        if output.json {
            try JSONOutput.write(report.json)
        } else {
            print(report.text)
        }
        try report.check()
    }
}

extension Train {
    /// The private training asked for, nil without one.
    private func privateRun(
        _ scenario: Scenario, plan settings: SecureSummation.Settings
    ) throws(CommandFailure) -> PrivateRun? {
        guard let unit = privacy.privacyUnit else { return nil }
        let budget = try privacy.budget()
        let session: Plan
        do throws(PlanRefusal) { session = try settings.plan() } catch { throw CommandFailure(error) }
        let workloads = scenario.companies.compactMap { $0.workload as? any MachineWorkload }
        let units = PrivateRun.units(of: workloads, unit)?.map(\.count) ?? []
        let terms = PrivacyTerms(
            unit: unit, adjacency: privacy.adjacency.adjacency, budget: budget, participants: session.participants,
            colluders: session.colluders,
            dropouts: min(privacy.missing, session.participants - session.minimumSurvivors),
            unitsPerParticipant: privacy.unitCap ?? 1024, nominalUnits: max(1, units.reduce(0, +)), memberships: 1)
        if unit == .silo { throw try CommandFailure.silo(terms, parameters: scenario.layout.parameterCount) }
        return try PrivateRun(
            scenario,
            PrivateRun.Settings(
                terms: terms, procedure: privacy.procedure.chosen, rounds: rounds,
                dropoutRate: noDropouts ? 0 : dropoutRate ?? 0.2, seed: seed ?? 0, removesSurplus: !privacy.keepSurplus)
        )
    }
}

extension CommandFailure {
    /// Why a guarantee for whole companies is of no use among a few.
    static func silo(_ terms: PrivacyTerms, parameters: Int) throws(CommandFailure) -> CommandFailure {
        var companies = terms
        companies.nominalUnits = terms.participants
        companies.unitsPerParticipant = 1
        let rounds = PrivateRun.rounds
        let forecast: ProcedureForecast
        let single: ProcedureForecast
        do throws(AccountingRefusal) {
            forecast = try companies.forecast(.companyFedAvg, events: rounds, dimension: parameters)
            single = try companies.forecast(.companyFedAvg, events: 1, dimension: parameters)
        } catch {
            throw CommandFailure(error)
        }
        return CommandFailure(
            status: .badInput, what: "privacy for whole companies is not usable here",
            why: "among \(terms.participants) companies the noise of the mean update would be"
                + " \(NumberText.fixed(forecast.noiseToSignal, 0)) clip norms over \(rounds) rounds"
                + " (\(NumberText.fixed(single.noiseToSignal, 0)) in a single one); a model learns below 1",
            next: "take --privacy asset, which protects each machine, or hundreds of companies")
    }
}

/// Wall and processor seconds since it was made.
struct RunMeter {
    private let wall = ResourceUsage.wallSeconds()
    private let cpu = ResourceUsage.processSeconds()

    var wallSeconds: Double { ResourceUsage.wallSeconds() - wall }
    var cpuSeconds: Double { ResourceUsage.processSeconds() - cpu }
}
