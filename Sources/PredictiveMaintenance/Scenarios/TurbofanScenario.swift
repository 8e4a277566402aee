internal import FederatedLearning

/// How the turbofan engines are dealt to companies.
/// Source: cmapss section 4
public enum TurbofanPartition: Hashable, Sendable {
    /// FD001 over five companies of 20 engines each; windows at stride 3.
    case a
    /// All four subsets, each dealt to three companies at 50, 30 and 20 %: twelve companies; windows at stride 4.
    case c

    var subsets: [TurbofanSubset] { self == .a ? [.fd001] : TurbofanSubset.allCases }
    var shares: [Double] { self == .a ? [0.2, 0.2, 0.2, 0.2, 0.2] : [0.5, 0.3, 0.2] }
    var stride: Int { self == .a ? 3 : 4 }
    var maximumExamples: Int { self == .a ? 2048 : 8192 }
}

extension Scenario {
    /// Share of each company's engines that validate instead of train.
    static let validationShare = 0.15

    /// The turbofan engines in the folder `directory` as a federation; `seed` decides the deal, the start and the order.
    ///
    /// Throws `TurbofanDataFailure` for a missing or bad file. Cost: 0.05 s for `.a`, 0.3 s for `.c`.
    /// Source: cmapss section 4
    public static func cmapss(
        _ partition: TurbofanPartition, directory: String, seed: UInt64 = 0
    ) throws(TurbofanDataFailure) -> Scenario {
        var companies: [MaintenanceCompany] = []
        var workloads: [RemainingLifeWorkload] = []
        for subset in partition.subsets {
            let table = try TurbofanTable(TurbofanFile(subset, .training), directory: directory)
            let testTable = try TurbofanTable(TurbofanFile(subset, .test), directory: directory)
            let lives = try RemainingLifeList(subset, directory: directory)
            guard lives.cycles.count == testTable.engines.count else {
                throw TurbofanDataFailure(
                    TurbofanFile(subset, .remainingLife),
                    .engineCount(engines: testTable.engines.count, lives: lives.cycles.count))
            }
            let test = TurbofanFleet(
                subset, table: testTable, indices: Array(testTable.engines.indices), lives: lives)
            let hands = deal(
                table.engines.count, shares: partition.shares,
                seed: SimulationSeed(seed).child(.split, subset.rawValue))
            for (hand, engines) in hands.enumerated() {
                let validating = max(1, Int((Double(engines.count) * validationShare).rounded()))
                guard engines.count > validating else {
                    throw TurbofanDataFailure(TurbofanFile(subset, .training), .empty)
                }
                let workload = RemainingLifeWorkload(
                    training: TurbofanFleet(subset, table: table, indices: Array(engines.dropFirst(validating))),
                    validation: TurbofanFleet(subset, table: table, indices: Array(engines.prefix(validating))),
                    test: test, stride: partition.stride)
                companies.append(
                    MaintenanceCompany(
                        name: "\(subset.name)/\(hand + 1)", participant: UInt64(companies.count), workload: workload))
                workloads.append(workload)
            }
        }
        let pooled = MaintenanceCompany(
            name: "pooled", participant: UInt64(companies.count), workload: RemainingLifeWorkload.pooling(workloads))
        return Scenario(
            name: partition == .a ? "cmapss-a" : "cmapss-c", measure: .remainingLife, companies: companies,
            pooled: pooled,
            terms: TrainingTerms(
                rounds: 60, localEpochs: 2, batchSize: 128, learningRate: 1e-3, updateClip: 0.5,
                maximumExamples: partition.maximumExamples, lossBound: 8, seed: seed))
    }

    /// Shuffles 0..<`count` and cuts it at the cumulative shares; every index goes to exactly one hand.
    static func deal(_ count: Int, shares: [Double], seed: SimulationSeed) -> [[Int]] {
        var order = Array(0..<count)
        var generator = SeededGenerator(seed: seed.value)
        generator.shuffle(&order)
        var hands: [[Int]] = []
        var cumulative = 0.0
        var start = 0
        for (index, share) in shares.enumerated() {
            cumulative += share
            let end = index == shares.count - 1 ? count : Int((cumulative * Double(count)).rounded())
            hands.append(Array(order[start..<end]))
            start = end
        }
        return hands
    }
}
