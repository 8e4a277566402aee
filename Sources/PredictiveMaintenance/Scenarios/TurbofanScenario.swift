internal import FederatedLearning

/// How the turbofan engines are dealt to companies.
/// Source: cmapss section 4
public enum TurbofanPartition: Hashable, Sendable, CaseIterable {
    /// FD001 over five companies of 20 engines each; windows at stride 3.
    case a
    /// FD001 and FD003, two companies of 25 engines of each: four companies; windows at stride 3.
    case b
    /// All four subsets, each dealt to three companies at 50, 30 and 20 %: twelve companies; windows at stride 4.
    case c
    /// All four subsets, each dealt to three equal companies that retire their engines 0, 30 and 60 cycles before they would
    /// fail, and are tested on engines retired alike; windows at stride 4.
    case d
    /// As `d`, with six companies of four engines of each subset, two for each retirement: 24 companies.
    case e
    /// FD001 and FD003 together, over twenty companies of ten engines each; windows at stride 3.
    case r

    /// "cmapss-a" and so on.
    var name: String {
        switch self {
        case .a: "cmapss-a"
        case .b: "cmapss-b"
        case .c: "cmapss-c"
        case .d: "cmapss-d"
        case .e: "cmapss-e"
        case .r: "cmapss-r"
        }
    }

    /// Subsets whose engines are dealt together.
    var pools: [[TurbofanSubset]] {
        switch self {
        case .a: [[.fd001]]
        case .b: [[.fd001], [.fd003]]
        case .c, .d, .e: TurbofanSubset.allCases.map { [$0] }
        case .r: [[.fd001, .fd003]]
        }
    }

    /// The companies' engines of a pool of `count`, in the order of dealing; what is left over belongs to nobody.
    func handSizes(of count: Int) -> [Int] {
        switch self {
        case .a: Self.shared(count, [0.2, 0.2, 0.2, 0.2, 0.2])
        case .b: [25, 25]
        case .c: Self.shared(count, [0.5, 0.3, 0.2])
        case .d: Self.shared(count, [1.0 / 3, 1.0 / 3, 1.0 / 3])
        case .e: [Int](repeating: 4, count: 6)
        case .r: [Int](repeating: 10, count: 20)
        }
    }

    /// How many cycles before failure the engines of a pool's company are retired.
    func retirement(ofHand hand: Int) -> Int {
        self == .d || self == .e ? 30 * (hand % 3) : 0
    }

    var stride: Int { self == .a || self == .b || self == .r ? 3 : 4 }
    var maximumExamples: Int { self == .c || self == .d ? 8192 : self == .b ? 4096 : 2048 }

    /// Hands that end at the cumulative shares of `count`.
    private static func shared(_ count: Int, _ shares: [Double]) -> [Int] {
        var cumulative = 0.0
        var start = 0
        return shares.enumerated().map { index, share in
            cumulative += share
            let end = index == shares.count - 1 ? count : Int((cumulative * Double(count)).rounded())
            defer { start = end }
            return end - start
        }
    }
}

extension Scenario {
    /// Share of each company's engines that validate instead of train.
    static let validationShare = 0.15

    /// The turbofan engines in the folder `directory` as a federation; `seed` decides the deal, the start and the order.
    ///
    /// Throws `TurbofanDataFailure` for a missing or bad file. Cost: 0.05 s for `.a`, 0.3 s for all
    /// four subsets.
    /// Source: cmapss section 4
    public static func cmapss(
        _ partition: TurbofanPartition, directory: String, seed: UInt64 = 0
    ) throws(TurbofanDataFailure) -> Scenario {
        var companies: [MaintenanceCompany] = []
        var workloads: [RemainingLifeWorkload] = []
        for pool in partition.pools {
            var all = TurbofanFleet()
            var test = TurbofanFleet()
            for subset in pool {
                let (training, tested) = try fleets(of: subset, directory: directory)
                all.append(training)
                test.append(tested)
            }
            let hands = try deal(
                all.engines.count, sizes: partition.handSizes(of: all.engines.count),
                seed: SimulationSeed(seed).child(.split, pool[0].rawValue), of: TurbofanFile(pool[0], .training))
            for (hand, engines) in hands.enumerated() {
                let validating = max(1, Int((Double(engines.count) * validationShare).rounded()))
                guard engines.count > validating else {
                    throw TurbofanDataFailure(TurbofanFile(pool[0], .training), .empty)
                }
                let early = partition.retirement(ofHand: hand)
                let workload = RemainingLifeWorkload(
                    training: all.selecting(Array(engines.dropFirst(validating))).retired(cyclesEarly: early),
                    validation: all.selecting(Array(engines.prefix(validating))).retired(cyclesEarly: early),
                    test: test.retired(cyclesEarly: early), stride: partition.stride)
                companies.append(
                    MaintenanceCompany(
                        name: "\(pool.map(\.name).joined(separator: "+"))/\(hand + 1)",
                        participant: UInt64(companies.count), workload: workload))
                workloads.append(workload)
            }
        }
        let pooled = MaintenanceCompany(
            name: "pooled", participant: UInt64(companies.count), workload: RemainingLifeWorkload.pooling(workloads))
        return Scenario(
            name: partition.name, measure: .remainingLife, companies: companies, pooled: pooled,
            terms: TrainingTerms(
                rounds: 60, localEpochs: 2, batchSize: 128, learningRate: 1e-3, updateClip: 0.5,
                maximumExamples: partition.maximumExamples, lossBound: 8, seed: seed))
    }

    /// All engines of a subset: those run to failure, and those of the test with their true remaining lives.
    private static func fleets(
        of subset: TurbofanSubset, directory: String
    ) throws(TurbofanDataFailure) -> (training: TurbofanFleet, test: TurbofanFleet) {
        let table = try TurbofanTable(TurbofanFile(subset, .training), directory: directory)
        let testTable = try TurbofanTable(TurbofanFile(subset, .test), directory: directory)
        let lives = try RemainingLifeList(subset, directory: directory)
        guard lives.cycles.count == testTable.engines.count else {
            throw TurbofanDataFailure(
                TurbofanFile(subset, .remainingLife),
                .engineCount(engines: testTable.engines.count, lives: lives.cycles.count))
        }
        return (
            TurbofanFleet(subset, table: table, indices: Array(table.engines.indices)),
            TurbofanFleet(subset, table: testTable, indices: Array(testTable.engines.indices), lives: lives)
        )
    }

    /// As the form with shares, with sizes; throws `empty` when the engines do not go round.
    private static func deal(
        _ count: Int, sizes: [Int], seed: SimulationSeed, of file: TurbofanFile
    ) throws(TurbofanDataFailure) -> [[Int]] {
        guard sizes.reduce(0, +) <= count else { throw TurbofanDataFailure(file, .empty) }
        var rest = deal(count, shares: [1], seed: seed)[0][...]
        return sizes.map { size in
            defer { rest = rest.dropFirst(size) }
            return Array(rest.prefix(size))
        }
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
