import Testing

@testable import FederatedLearning

@Suite("8-bit networks: what is kept and what is refused") struct IntegerNetworkMisuseTests {
    @Test func anExportReadsBack() throws {
        let (network, parameters, examples) = try knownNetwork()
        let export = try IntegerNetwork(network, parameters)
        let read = try IntegerNetwork(bytes: export.bytes, network: network)
        #expect(read == export)
        #expect(try read.predict(on: examples) == export.predict(on: examples))
    }

    /// Every weight is within half a step, and the float network with those weights predicts the same.
    @Test func weightsAreWithinHalfAStep() throws {
        let (network, parameters, examples) = try knownNetwork()
        let export = try IntegerNetwork(network, parameters)
        let back = export.parameters
        for (dense, layer) in zip(network.trunk + network.headLayers, export.layers) {
            for index in dense.weightOffset..<dense.biasOffset {
                let step = layer.scales[(index - dense.weightOffset) / dense.inputs]
                #expect((back.values[index] - parameters.values[index]).magnitude <= 0.5001 * step)
            }
        }
        #expect(back != parameters)
        for (one, other) in zip(try export.predict(on: examples), try network.predict(back, on: examples)) {
            #expect(distance(doubles(one), doubles(other)) < 1e-5)
        }
    }

    @Test func rowsOfZerosStayZero() throws {
        let network = MLP(inputs: 2, hidden: [], heads: [.init(name: "y", width: 2, loss: .meanSquaredError)])
        let parameters = try ParameterVector(
            values: [0, 0, -3, Float.leastNonzeroMagnitude, 0.5, -0.5], layout: network.layout)
        let export = try IntegerNetwork(network, parameters)
        #expect(export.layers[0].weights == [0, 0, -127, 0])
        #expect(try export.predict(on: ExampleTable(inputs: [1, 1], inputWidth: 2)) == [[0.5, -3.5]])
    }

    @Test func bytesThatAreNoExport() throws {
        let (network, parameters, _) = try knownNetwork()
        let bytes = try IntegerNetwork(network, parameters).bytes
        for count in 0..<bytes.count {
            #expect(throws: IntegerNetworkFailure.truncated) {
                try IntegerNetwork(bytes: Array(bytes[..<count]), network: network)
            }
        }
        func failure(_ change: (inout [UInt8]) -> Void) -> IntegerNetworkFailure? {
            var changed = bytes
            change(&changed)
            do throws(IntegerNetworkFailure) {
                _ = try IntegerNetwork(bytes: changed, network: network)
                return nil
            } catch {
                return error
            }
        }
        #expect(failure { $0[0] = 0 } == .notAnExport)
        #expect(failure { $0[4] = 9 } == .unsupportedVersion(found: 9))
        #expect(failure { $0[6] ^= 1 } == .layoutMismatch)
        #expect(failure { $0[17] |= 0x80 } == .outOfRange(offset: 14))
        #expect(failure { $0.replaceSubrange(18..<22, with: [0, 0, 0xC0, 0x7F]) } == .outOfRange(offset: 14))
        #expect(failure { $0[23] = 0x80 } == .outOfRange(offset: 23))
        #expect(failure { $0.append(0) } == .trailingBytes(count: 1))
    }

    @Test func anExportThatLosesTooMuchIsRefused() throws {
        let (network, parameters, examples) = try knownNetwork()
        let measure = ParityMeasure.rootMeanSquaredError(head: "life")
        let export = try IntegerExport(network, parameters, validation: examples, measure: measure)
        #expect(export.drop <= 0.005 * export.before && export.before != export.after)
        // one huge weight makes the steps of its row so wide that the others vanish
        var spoiled = parameters
        for row in 0..<5 { spoiled.values[row * 6] = 4000 }
        let quiet = try ExampleTable(
            inputs: examples.inputs.enumerated().map { $0.offset.isMultiple(of: 6) ? 0 : $0.element }, inputWidth: 6,
            targets: try labels(network, spoiled, examples.inputs), targetWidth: 2)
        #expect {
            try IntegerExport(network, spoiled, validation: quiet, measure: measure, allowed: 0.01)
        } throws: { error in
            guard case .parityLost(let drop, let allowed) = error as? ExportRefusal else { return false }
            return drop > 0.01 && allowed == 0.01
        }
        #expect(throws: Never.self) {
            try IntegerExport(network, spoiled, validation: quiet, measure: measure, allowed: 10)
        }
    }

    /// Targets that a network itself gives when the first column is nought.
    private func labels(_ network: MLP, _ parameters: ParameterVector, _ inputs: [Float]) throws -> [Float] {
        let quiet = inputs.enumerated().map { $0.offset.isMultiple(of: 6) ? 0 : $0.element }
        let outputs = try network.predict(parameters, on: ExampleTable(inputs: quiet, inputWidth: 6))
        return zip(outputs[0], outputs[1]).flatMap { [$0, $1 > 0.5 ? 1 : 0] }
    }

    @Test func whatCannotBeMeasuredIsNotExported() throws {
        let (network, parameters, examples) = try knownNetwork()
        let quiet = try ExampleTable(
            inputs: examples.inputs, inputWidth: 6, targets: [Float](repeating: 0, count: 46), targetWidth: 2)
        #expect(throws: ExportRefusal.learning(.noExamples)) {
            try IntegerExport(
                network, parameters, validation: quiet, measure: .averagePrecision(head: "fails", positiveFrom: 1))
        }
        #expect(throws: ExportRefusal.learning(.noExamples)) {
            try IntegerExport(
                network, parameters, validation: examples.selecting([]), measure: .accuracy(head: "fails"))
        }
        var broken = parameters
        broken.values[3] = .nan
        #expect(throws: ExportRefusal.learning(.nonFinite(index: 3))) {
            try IntegerExport(network, broken, validation: examples, measure: .accuracy(head: "fails"))
        }
    }
}
