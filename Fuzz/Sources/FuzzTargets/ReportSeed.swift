import CryptoPrimitives
import DifferentialPrivacy

extension CorpusSeeds {
    /// A report over two rounds of ten companies, signed by the fuzzer's participant 0; small, and complete.
    static var report: [UInt8] {
        do {
            let plan = try NoisePlan(
                NoiseRequest(
                    participants: 10, colluders: 3, dropouts: 2, multiplier: NoiseRatio(30, over: 1),
                    squaredSensitivity: 1 << 40, machinesPerParticipant: 500, dimension: 10, rounds: 2))
            let shares = try NoiseShares(floorOf: plan)
            let event = try ChargedEvent(.discreteGaussian(shares), sampling: .none, count: 1)
            let both = try ChargedEvent(.discreteGaussian(shares), sampling: .none, count: 2)
            let line = PlannedRelease(.trainingSum, both)
            let terms = try LedgerTerms(
                federation: "pumps", participant: nil, unit: .asset, adjacency: .addRemove,
                budget: PrivacyBudget(epsilon: Epsilon(4), delta: Delta(1e-6)),
                trust: TrustAssumptions(participants: 10, colluders: 3, dropouts: 2), filter: .planned([line]))
            var ledger = try PrivacyLedger(terms, persist: { _ in })
            for round in UInt64(1)...2 {
                _ = try ledger.charge(
                    PrivacyCharge(round: round, release: .trainingSum, event: event, survivors: 9), persist: { _ in })
            }
            let key = FuzzSession.cast.identity(.init(rawValue: 0))
            let statement = ReportStatement(
                reportID: "pumps/1", created: "2026-03-31T18:00:00Z",
                generator: .init(version: "1", commit: "0123abc", compiler: "swift"), provenance: .operatingSystem,
                participants: (1...10).map { index in
                    .init(
                        pseudonym: "company-\(index)",
                        key: FuzzSession.cast.identity(.init(rawValue: UInt32(index))).verifyingKey, weight: 0.1,
                        collusion: nil)
                },
                notCovered: ["how many machines a company has"], unitDefinition: "all records of one pump",
                population: 5_000, trustModel: "the server and three companies may work together",
                isTrustVerified: true, deltaReason: "below one part in a hundred of one over the number of machines",
                procedure: .init(name: "asset-FedAvg", isAdmitted: true, reason: "clipped, then summed"),
                clip: .init(kind: "flat", boundReal: 1.5, enforcement: "on the grid, before summing", isEnforced: true),
                encoding: .init(grid: 1e-6, modulusBits: 40, rotation: nil), samplingEnforcedBy: "nobody",
                isSamplingVerified: false, tuning: .init(runs: 1, isAccounted: false),
                audit: .init(method: "canaries", canaries: 100, epsilonLower: 0.1, confidence: 0.95))
            return try PrivacyReport(statement, ledger: ledger.record, signedBy: key).bytes
        } catch {
            preconditionFailure("a small report can be made: \(error)")
        }
    }
}
