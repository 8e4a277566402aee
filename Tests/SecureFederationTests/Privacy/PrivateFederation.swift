import CryptoPrimitives
import FederatedLearning
import PredictiveMaintenance
import SecAggSimulation
import SecureAggregation
import SecureFederation
import Testing

@testable import DifferentialPrivacy

/// A small simulated consortium that sums under a budget.
struct PrivateFederation {
    static let companies = 5

    let scenario: Scenario
    let workloads: [MachineStateWorkload]
    let summation: SecureSummation

    init(minimumNoiseVariance: UInt64 = 0, seed: UInt64 = 3) throws {
        scenario = .simulated(
            companies: Self.companies, seed: seed,
            size: .init(trainingMachines: 3, validationMachines: 2, testMachines: 4, recordings: 8))
        workloads = scenario.companies.compactMap { $0.workload as? MachineStateWorkload }
        var settings = SecureSummation.Settings(companies: Self.companies, roundsPerEpoch: 4)
        settings.minimumNoiseVariance = minimumNoiseVariance
        summation = try SecureSummation(settings) { SeededRandomSource(seed: seed, label: $0.label) }
    }

    var units: [UnitTraining] {
        workloads.map { UnitTraining(network: $0.network, units: $0.machines()) }
    }

    static func terms(epsilon: Double = 3, unit: PrivacyUnit = .asset) throws -> PrivacyTerms {
        PrivacyTerms(
            unit: unit, adjacency: .addRemove,
            budget: PrivacyBudget(epsilon: try Epsilon(epsilon), delta: try Delta(1e-6)), participants: companies,
            colluders: 1, dropouts: 1, unitsPerParticipant: 8, nominalUnits: 25, memberships: 1)
    }

    static func plan(
        _ procedure: PrivateProcedure, rounds: Int, dimension: Int, clipNorm: Double, indicator: Int64? = nil,
        removesSurplus: Bool = false
    ) throws -> PrivateSumPlan {
        let admitted = try AdmittedProcedure.admit(
            procedure, unit: .asset, ingredients: [.chargedOrPublicStatistics], memberships: 1)
        return try PrivateSumPlan(
            admitted, terms: terms(), rounds: rounds, dimension: dimension, clipNorm: clipNorm,
            indicatorWeight: indicator, removesSurplus: removesSurplus)
    }

    func sums(
        _ plan: PrivateSumPlan, release: ReleaseKind = .trainingSum, seeded: Bool = false,
        persist: @escaping (Int, LedgerLine) throws -> Void = { _, _ in }
    ) throws -> PrivateSummation {
        try PrivateSummation(
            plan, release: release, purpose: .update, federation: "test", through: summation,
            random: { stream -> any RandomSource in
                if seeded { return SeededRandomSource(seed: 9, label: stream.label) }
                return SystemRandomSource()
            }, persist: persist)
    }
}
