internal import ArgumentParser
internal import CryptoPrimitives
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

    /// A model.
    enum Model: String, ExpressibleByArgument, CaseIterable {
        case mlp
        case softmax
        case lstm
        case autoencoder
        case aft

        var choice: ModelChoice {
            switch self {
            case .mlp, .aft: .mlp
            case .softmax: .softmax
            case .lstm: .lstm
            case .autoencoder: .autoencoder
            }
        }
    }

    /// A law of failure times.
    enum Law: String, ExpressibleByArgument, CaseIterable {
        case lognormal
        case weibull
        case loglogistic

        var distribution: SurvivalDistribution {
            switch self {
            case .lognormal: .logNormal
            case .weibull: .weibull
            case .loglogistic: .logLogistic
            }
        }
    }

    @OptionGroup var data: DataOptions

    @Option(
        name: .long,
        help: "lstm needs sequences, autoencoder knows no labels, aft regresses failure times of cmapss by sums.")
    var model = Model.mlp

    @Option(name: .customLong("law"), help: "aft: the law of failure times.")
    var law = Law.lognormal

    @OptionGroup var method: MethodOptions

    @Option(name: .long, help: "Runs with so many seeds from --seed on; figures are then means over seeds. 1 to 100.")
    var seeds = 1

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
        if model == .aft {
            if data.data != .cmapss { throw ValidationError("--model aft needs lives: --data cmapss") }
            if !method.isPlain || ridge {
                throw ValidationError("--model aft goes with no method of training networks")
            }
        } else if law != .lognormal {
            throw ValidationError("--law belongs to --model aft")
        }
        if !(1...100).contains(seeds) { throw ValidationError("--seeds is in 1...100") }
        if seeds > 1 && privacy.privacyUnit != nil {
            throw ValidationError("--seeds would spend the budget of --privacy several times; take one seed")
        }
        if noDropouts && dropoutRate != nil {
            throw ValidationError("--no-dropouts and --dropout-rate exclude each other")
        }
    }

    func run() throws {
        let files = try out.map { (path) throws(CommandFailure) in try ModelFiles(directory: path) }
        try refuseUnderPrivacy()
        var reports: [MaintenanceReport] = []
        for index in 0..<UInt64(seeds) {
            // one warning is enough
            let randomness = index == 0 ? Randomness(seed: seed) : seed.map { .seeded($0 &+ index) } ?? .system
            reports.append(try runOnce((seed ?? 0) &+ index, randomness, files, isFirst: index == 0))
        }
        Terminal.endProgress()
        let summary = SeedSummary(reports: reports)
        try files?.write(LearningCurve(reports), report: summary.json)
        if output.json {
            try JSONOutput.write(summary.json)
        } else {
            print(([reports.first?.text, summary.text].compactMap(\.self)).joined(separator: "\n\n"))
        }
        for report in reports { try report.check() }
    }

    private func runOnce(
        _ seed: UInt64, _ randomness: Randomness, _ files: ModelFiles?, isFirst: Bool
    ) throws -> MaintenanceReport {
        let meter = RunMeter()
        let summationSettings = SecureSummation.Settings(
            companies: data.companyCount, colluders: colluders, backend: backend.backend(shares: nil))
        let plan: Plan
        do throws(PlanRefusal) {
            plan = try summationSettings.plan()
        } catch {
            throw CommandFailure(error)
        }
        // What `plan` says at length; here only what changes the guarantee.
        for case .fewHonestInputs(let count) in plan.warnings where isFirst {
            Terminal.warn(PlanWarning.fewHonestInputs(count).description)
        }
        try method.check(companies: data.companyCount)
        let directory = try data.directory()
        Terminal.progress("reading data")
        let scenario = try chosen(data.scenario(seed: seed, directory: directory))
        let privateRun = try privateRun(scenario, plan: summationSettings)
        let settings = MaintenanceRun.Settings(
            rounds: rounds ?? scenario.terms.rounds, ringBits: bits, dropoutRate: noDropouts ? 0 : dropoutRate ?? 0.2,
            seed: seed, withRidge: ridge || (data.data == .cmapss && method.isPlain && model == .mlp), method: method,
            survival: model == .aft ? law.distribution : nil)
        var joint = [UInt8](repeating: 0, count: 32)
        var source = randomness.source(for: .session(-1, .tokens))
        unsafe joint.withUnsafeMutableBytes { unsafe source.fill($0) }
        let summation: SecureSummation
        let result: MaintenanceResult
        let privateResult: PrivateResult?
        do throws(FederationFailure) {
            summation = try SecureSummation(summationSettings) { randomness.source(for: $0) }
            var groupSettings = summationSettings
            groupSettings.colluders = method.isGrouped || method.strategy == .buffered ? 1 : colluders
            let cohorts = CohortSummation(groupSettings) { randomness.source(for: $0) }
            result = try MaintenanceRun(scenario: scenario, settings: settings, cohorts: cohorts, jointBytes: joint)
                .run(through: summation)
            privateResult = try privateRun.map { (run) throws(FederationFailure) in
                try run.run(
                    in: summationSettings, random: { randomness.source(for: $0) },
                    persist: { company, line in try files?.append(line, of: company) })
            }
        } catch {
            throw CommandFailure(error)
        }
        let report = MaintenanceReport(
            data: data.data.rawValue, scenario: data.scenarioName, measure: scenario.measure, model: model.rawValue,
            settings: settings, plan: summation.plan, backend: backend.backend.rawValue, result: result,
            privateResult: privateResult, wallSeconds: meter.wallSeconds, cpuSeconds: meter.cpuSeconds)
        if isFirst {
            try files?.write(result, privateResult)
            if let files, let privateResult {
                try files.write(
                    try PrivacyFiles(privateResult, federation: scenario.name, signedBy: privacy.signingKey()))
            }
        }
        return report
    }

    /// The scenario with the model asked for.
    private func chosen(_ scenario: Scenario) throws(CommandFailure) -> Scenario {
        if model == .mlp || model == .aft { return scenario }
        do throws(ModelRefusal) {
            return try scenario.choosing(model.choice)
        } catch {
            throw CommandFailure(
                status: .badInput, what: "--model \(model.rawValue) does not fit these data", why: "\(error)",
                next: "lstm takes --data cmapss; autoencoder takes data with healthy recordings; mlp takes all")
        }
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

extension Train {
    /// Under a privacy budget only procedures that bound one machine's influence are trained; the rest is refused by name.
    private func refuseUnderPrivacy() throws(CommandFailure) {
        guard let unit = privacy.privacyUnit else { return }
        var ingredients: Set<TrainingIngredient> = []
        switch method.strategy {
        case .scaffold: ingredients.insert(.companyVariates)
        case .momentum, .adagrad, .adam, .yogi, .fedavg: break
        case .fedprox, .fednova, .buffered: ingredients.insert(.pooledLocalSteps)
        }
        if method.personal.keepsHead { ingredients.insert(.companyHead) }
        if method.clustering != .none { ingredients.insert(.companyClusterChoice) }
        for ingredient in ingredients {
            if let refusal = ProcedureRefusal.refusal(of: ingredient, unit: unit) { throw CommandFailure(refusal) }
        }
        let why: String? =
            if method.isGrouped {
                "each group's sum, vote and loss is a release that no procedure here charges"
            } else if method.attack != .none {
                "saboteurs are rehearsed on company updates, and none is sent"
            } else if method.personal != .none {
                "own models cost no privacy, but the private rounds of this verb keep none"
            } else if method.strategy != .fedavg {
                "the server's optimiser of private rounds is fixed by the procedure"
            } else if model != .mlp {
                "the clip norms of private rounds are known for the dense network alone"
            } else {
                nil
            }
        if let why {
            throw CommandFailure(
                status: .badInput, what: "this training cannot carry the guarantee", why: why,
                next: "leave the option out, or train without --privacy")
        }
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
