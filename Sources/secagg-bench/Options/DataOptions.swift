internal import ArgumentParser
internal import Foundation
internal import PredictiveMaintenance

/// Whose data is trained on.
struct DataOptions: ParsableArguments {
    /// A data set.
    enum Source: String, ExpressibleByArgument, CaseIterable {
        case simulator
        case cmapss
        case cwru
        case ai4i

        /// The folder of its files below the folder of all data.
        var folder: String { self == .ai4i ? "ai4i2020" : rawValue }

        /// The scenarios, the default first.
        var scenarios: [Deal] {
            switch self {
            case .simulator: [.mild, .homogeneous, .heterogeneous]
            case .cmapss: [.a, .b, .c, .d, .e, .r]
            case .cwru: [.size, .load]
            case .ai4i: [.type]
            }
        }
    }

    /// How data is dealt to companies.
    enum Deal: String, ExpressibleByArgument, CaseIterable {
        case a = "A"
        case b = "B"
        case c = "C"
        case d = "D"
        case e = "E"
        case r = "R"
        case size
        case load
        case type
        case homogeneous
        case mild
        case heterogeneous

        init?(argument: String) {
            self.init(rawValue: argument.count == 1 ? argument.uppercased() : argument.lowercased())
        }
    }

    @Option(name: .long, help: "Turbofan engines, bearings and milling machines are real or published data.")
    var data = Source.simulator

    @Option(name: .long, help: "The folder with the data set's files. Without it: its folder in SECAGG_DATA.")
    var path: String?

    @Option(
        name: .customLong("scenario"),
        help: "cmapss: A to E, R. cwru: size, load. ai4i: type. simulator: homogeneous, mild, heterogeneous.")
    var deal: Deal?

    @Option(name: .long, help: "simulator: how many companies, 3 to 1024. Without it: 5.")
    var companies: Int?

    @Option(name: .long, help: "simulator: training machines of each company, 1 to 4096. Without it: 12.")
    var machines: Int?

    func validate() throws {
        if let machines, !(1...4096).contains(machines) { throw ValidationError("--machines is in 1...4096") }
        if let companies, companies > 1024 { throw ValidationError("--companies is at most 1024") }
        if let deal, !data.scenarios.contains(deal) {
            let known = data.scenarios.map(\.rawValue).joined(separator: ", ")
            throw ValidationError("--scenario \(deal.rawValue) is none of \(data.rawValue)'s: \(known)")
        }
        if data == .simulator {
            if path != nil { throw ValidationError("--path belongs to data sets with files; the simulator has none") }
        } else if companies != nil || machines != nil {
            throw ValidationError("--companies and --machines belong to the simulator")
        }
    }

    /// The scenario in force.
    var scenarioInForce: Deal { deal ?? data.scenarios[0] }

    /// Companies in the scenario.
    var companyCount: Int {
        switch scenarioInForce {
        case .a: 5
        case .b, .load: 4
        case .c, .d: 12
        case .e: 24
        case .r: 20
        case .size, .type: 3
        case .homogeneous, .mild, .heterogeneous: companies ?? 5
        }
    }

    /// The scenario as reports call it.
    var scenarioName: String { scenarioInForce.rawValue }

    /// The folder of the data set's files, empty for the simulator.
    func directory() throws(CommandFailure) -> String {
        if data == .simulator { return "" }
        if let path { return path }
        if let root = ProcessInfo.processInfo.environment["SECAGG_DATA"], !root.isEmpty {
            return root + "/" + data.folder
        }
        throw CommandFailure(
            status: .badInput, what: "no \(data.rawValue) data", why: "neither --path nor SECAGG_DATA says where it is",
            next: "pass --path DIR with the data set's files, or begin with `secagg-bench train`")
    }

    private var simulatedSize: Scenario.SimulatedSize {
        guard let machines else { return Scenario.SimulatedSize() }
        return Scenario.SimulatedSize(trainingMachines: machines, validationMachines: max(1, machines * 5 / 12))
    }

    /// Reads or simulates the companies.
    func scenario(seed: UInt64, directory: String) throws(CommandFailure) -> Scenario {
        switch scenarioInForce {
        case .a: try cmapss(.a, seed, directory)
        case .b: try cmapss(.b, seed, directory)
        case .c: try cmapss(.c, seed, directory)
        case .d: try cmapss(.d, seed, directory)
        case .e: try cmapss(.e, seed, directory)
        case .r: try cmapss(.r, seed, directory)
        case .size: try cwru(.size, seed, directory)
        case .load: try cwru(.load, seed, directory)
        case .type: try ai4i(seed, directory)
        case .homogeneous: simulated(.none, seed)
        case .mild: simulated(.mild, seed)
        case .heterogeneous: simulated(.strong, seed)
        }
    }

    private func simulated(_ heterogeneity: PlantHeterogeneity, _ seed: UInt64) -> Scenario {
        .simulated(companies: companyCount, seed: seed, heterogeneity: heterogeneity, size: simulatedSize)
    }

    private func cmapss(
        _ partition: TurbofanPartition, _ seed: UInt64, _ directory: String
    ) throws(CommandFailure) -> Scenario {
        do throws(TurbofanDataFailure) {
            return try .cmapss(partition, directory: directory, seed: seed)
        } catch {
            throw CommandFailure(error)
        }
    }

    private func cwru(
        _ partition: BearingPartition, _ seed: UInt64, _ directory: String
    ) throws(CommandFailure) -> Scenario {
        do throws(BearingDataFailure) {
            return try .cwru(partition, directory: directory, seed: seed)
        } catch {
            throw CommandFailure(
                status: .badInput, what: "the bearing data cannot be used", why: "\(error)",
                next: "point --path at the folder that holds the recordings")
        }
    }

    private func ai4i(_ seed: UInt64, _ directory: String) throws(CommandFailure) -> Scenario {
        do throws(MillingDataFailure) {
            return try .ai4i(directory: directory, seed: seed)
        } catch {
            throw CommandFailure(
                status: .badInput, what: "the milling data cannot be used", why: "\(error)",
                next: "point --path at the folder that holds ai4i2020.csv")
        }
    }
}
