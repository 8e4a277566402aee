internal import ArgumentParser
internal import Foundation
internal import PredictiveMaintenance

/// Whose data is trained on.
struct DataOptions: ParsableArguments {
    /// A data set.
    enum Source: String, ExpressibleByArgument, CaseIterable {
        case simulator
        case cmapss
    }

    /// How turbofan engines are dealt.
    enum Deal: String, ExpressibleByArgument, CaseIterable {
        case a = "A"
        case c = "C"

        init?(argument: String) {
            self.init(rawValue: argument.uppercased())
        }
    }

    @Option(name: .long, help: "simulator or cmapss.")
    var data = Source.simulator

    @Option(name: .long, help: "cmapss: the folder with its text files. Without it: cmapss in the folder SECAGG_DATA.")
    var path: String?

    @Option(name: .customLong("scenario"), help: "cmapss: A, five companies on FD001, or C, twelve on all four sets.")
    var deal: Deal?

    @Option(name: .long, help: "simulator: how many companies, 3 to 1024. Without it: 5.")
    var companies: Int?

    @Option(name: .long, help: "simulator: training machines of each company, 1 to 4096. Without it: 12.")
    var machines: Int?

    func validate() throws {
        if let machines, !(1...4096).contains(machines) { throw ValidationError("--machines is in 1...4096") }
        switch data {
        case .simulator:
            if deal != nil || path != nil { throw ValidationError("--scenario and --path belong to --data cmapss") }
            if let companies, companies > 1024 { throw ValidationError("--companies is at most 1024") }
        case .cmapss:
            if companies != nil || machines != nil {
                throw ValidationError(
                    "--companies and --machines belong to the simulator; cmapss has 5 companies (A) or 12 (C)")
            }
        }
    }

    /// Companies in the scenario.
    var companyCount: Int {
        switch data {
        case .simulator: companies ?? 5
        case .cmapss: deal == .c ? 12 : 5
        }
    }

    /// The scenario as reports call it.
    var scenarioName: String {
        switch data {
        case .simulator: "mild"
        case .cmapss: (deal ?? .a).rawValue
        }
    }

    /// The folder of the turbofan files, empty for the simulator.
    func directory() throws(CommandFailure) -> String {
        if data == .simulator { return "" }
        if let path { return path }
        if let root = ProcessInfo.processInfo.environment["SECAGG_DATA"], !root.isEmpty { return root + "/cmapss" }
        throw CommandFailure(
            status: .badInput, what: "no turbofan data", why: "neither --path nor SECAGG_DATA says where it is",
            next: "pass --path DIR with train_FD001.txt and its companions, or begin with `secagg-bench train`")
    }

    private var simulatedSize: Scenario.SimulatedSize {
        guard let machines else { return Scenario.SimulatedSize() }
        return Scenario.SimulatedSize(trainingMachines: machines, validationMachines: max(1, machines * 5 / 12))
    }

    /// Reads or simulates the companies.
    func scenario(seed: UInt64, directory: String) throws(TurbofanDataFailure) -> Scenario {
        switch data {
        case .simulator: .simulated(companies: companyCount, seed: seed, size: simulatedSize)
        case .cmapss: try .cmapss(deal == .c ? .c : .a, directory: directory, seed: seed)
        }
    }
}
