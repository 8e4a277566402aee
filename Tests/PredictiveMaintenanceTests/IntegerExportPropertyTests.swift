import FederatedLearning
import Testing

@testable import PredictiveMaintenance

/// 8-bit networks of trained models are as good as the models, or are not exported.
struct IntegerExportPropertyTests {
    private func trained(_ scenario: Scenario, rounds: Int) throws -> (ParameterVector, ExampleTable) {
        let reference = ReferenceFederation(scenario)
        let model = try reference.run(rounds: rounds).model
        return (model, try scenario.pooledCompany.workload.examples(reference.normaliser()).validation)
    }

    @Test("simulated machines: average precision and accuracy are kept at a third of the size")
    func simulated() throws {
        let scenario = Scenario.simulated(seed: 0)
        let (model, validation) = try trained(scenario, rounds: 12)
        for measure in [
            ParityMeasure.averagePrecision(head: "state", positiveFrom: MachineState.critical.rawValue),
            .accuracy(head: "state"),
        ] {
            let export = try IntegerExport(scenario.network, model, validation: validation, measure: measure)
            #expect(export.before > 0.7 && export.drop <= 0.005)
            #expect(export.network.sizeRatio < 0.35)
        }
    }

    /// A weight of 3000 on a sensor that reads nought in validation leaves the float network as it was and widens the steps
    /// of its row to 24.
    @Test("simulated machines: a network whose weights differ too much in size is refused")
    func refused() throws {
        let scenario = Scenario.simulated(companies: 3, seed: 1)
        let (model, validation) = try trained(scenario, rounds: 6)
        let width = validation.inputWidth
        let blind = try ExampleTable(
            inputs: validation.inputs.enumerated().map { $0.offset.isMultiple(of: width) ? 0 : $0.element },
            inputWidth: width, targets: validation.targets, targetWidth: validation.targetWidth)
        var spoiled = model
        for row in 0..<24 { spoiled.values[row * width] = 3000 }
        let measure = ParityMeasure.averagePrecision(head: "state", positiveFrom: MachineState.critical.rawValue)
        #expect {
            try IntegerExport(scenario.network, spoiled, validation: blind, measure: measure)
        } throws: { error in
            guard case .parityLost(let drop, let allowed) = error as? ExportRefusal else { return false }
            return drop > 0.1 && allowed == 0.005
        }
    }

    @Test(
        "turbofan A: error and average precision are kept at a quarter of the size",
        .enabled(if: TurbofanData.isPresent && TurbofanData.isOptimised, "needs the turbofan files and release"))
    func turbofan() throws {
        let scenario = try Scenario.cmapss(.a, directory: TurbofanData.directory, seed: 0)
        let (model, validation) = try trained(scenario, rounds: 6)
        let life = try IntegerExport(
            scenario.network, model, validation: validation, measure: .rootMeanSquaredError(head: "life"))
        let alarm = try IntegerExport(
            scenario.network, model, validation: validation, measure: .averagePrecision(head: "alarm", positiveFrom: 1))
        #expect(life.drop <= 0.005 * life.before && alarm.drop <= 0.005 && alarm.before > 0.8)
        #expect(life.network.sizeRatio < 0.3)
    }
}
