import FederatedLearning
import SecureFederation
import Testing

@testable import DifferentialPrivacy
@testable import PredictiveMaintenance

/// How far one adversarial machine moves what each procedure releases, before its noise.
@Suite struct ProcedureInfluencePropertyTests {
    /// A machine that sends what hurts most: scaled recordings and wrong labels.
    static func adversary(like machine: MachineRecordings, scale: Float) throws -> MachineRecordings {
        let honest = try #require(machine.examples)
        let inputs = honest.inputs.map { $0 * scale }
        return MachineRecordings(
            examples: try ExampleTable(
                inputs: inputs, inputWidth: honest.inputWidth, targets: honest.targets.map { 3 - $0 },
                targetWidth: honest.targetWidth),
            features: machine.features.map { $0 * scale }, targets: machine.targets.map { 1 - $0 * scale })
    }

    /// A company's integers, its noise of a fixed key taken off again.
    static func integers(_ plan: PrivateSumPlan, _ vectors: [[Float]]) throws -> [Int64] {
        func noise() throws -> NoiseVector {
            try plan.noise.draw(NoiseKey(fixedSecret: .init(), round: 1, purpose: .update))
        }
        let noised = try plan.unitSum.noised(vectors, levelsPerUnit: plan.levelsPerUnit, noise: noise()) { $0 }
        return zip(noised, try noise().copiedValues()).map { $0 - $1 }
    }

    static func distance(_ left: [Int64], _ right: [Int64]) -> Double {
        zip(left, right).reduce(0.0) { $0 + Double($1.0 - $1.1) * Double($1.0 - $1.1) }.squareRoot()
    }

    @Test("One machine moves the released sum by at most Delta", arguments: [Float(1), 1e4, 1e30])
    func influence(_ scale: Float) throws {
        let federation = try PrivateFederation()
        let machines = federation.workloads[0].machines()
        let network = federation.scenario.network
        let shared = federation.scenario.initialParameters()
        let honest = UnitTraining(network: network, units: machines)
        let attacked = UnitTraining(
            network: network, units: machines + [try Self.adversary(like: machines[0], scale: scale)])
        let moments = federation.workloads[0].moments
        let count = network.layout.parameterCount
        let cases: [(PrivateProcedure, Int, Double, Int64?, (UnitTraining) -> [[Float]])] = [
            (
                .unitFedAvg, count, 0.05, 1 << 18,
                { $0.changes(from: shared, plan: federation.scenario.terms.plan(round: 0)) }
            ),
            (.unitFedSGD, count, 0.5, nil, { $0.gradients(at: shared) }),
            (.oneShotStatistics, moments.dimension, 1, nil, { $0.moments(moments) }),
            (.companySGD, count, 0.5, nil, { $0.gradients(at: shared) }),
        ]
        for (procedure, dimension, norm, indicator, vectors) in cases {
            let plan = try PrivateFederation.plan(
                procedure, rounds: 1, dimension: dimension, clipNorm: norm, indicator: indicator)
            let without = try Self.integers(plan, vectors(honest))
            let with = try Self.integers(plan, vectors(attacked))
            let moved = Self.distance(with, without)
            #expect(moved <= Double(plan.sensitivity.value), "\(procedure)")
            #expect(moved > 0, "\(procedure)")
        }
    }

    /// What the refusal of pooled local steps is for: clipping what several machines made together bounds nothing of one.
    @Test func pooledUpdatesMoveFurther() throws {
        let federation = try PrivateFederation()
        let machines = federation.workloads[0].machines()
        let plan = try PrivateFederation.plan(.unitFedSGD, rounds: 1, dimension: 2, clipNorm: 1)
        // 4 honest machines pull one way, one faulty machine among them decides the direction of the pooled update.
        let pooled: [Float] = [4, 0]
        let faulty: [Float] = [4 - 1e6, 0]
        let without = try Self.integers(plan, [pooled])
        let with = try Self.integers(plan, [faulty])
        #expect(Self.distance(with, without) > 1.9 * Double(plan.sensitivity.value))
        #expect(machines.count == 5)
    }

    @Test func aUnitsVectorDependsOnThatUnitAlone() throws {
        let federation = try PrivateFederation()
        let machines = federation.workloads[0].machines()
        let shared = federation.scenario.initialParameters()
        let network = federation.scenario.network
        let plan = federation.scenario.terms.plan(round: 4)
        let all = UnitTraining(network: network, units: machines)
        let other = UnitTraining(
            network: network, units: [machines[0], try Self.adversary(like: machines[1], scale: 50)])
        #expect(all.changes(from: shared, plan: plan)[0] == other.changes(from: shared, plan: plan)[0])
        #expect(all.gradients(at: shared)[0] == other.gradients(at: shared)[0])
        let moments = federation.workloads[0].moments
        #expect(all.moments(moments)[0] == other.moments(moments)[0])
    }
}
