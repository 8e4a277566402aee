import Testing

@testable import FederatedLearning

@Suite("8-bit networks are the script's") struct IntegerNetworkKnownAnswerTests {
    @Test func weightsAndPredictions() throws {
        let (network, parameters, examples) = try knownNetwork()
        let export = try IntegerNetwork(network, parameters)
        #expect(export.layers.flatMap(\.weights).map { Double($0) } == LifeKnownAnswers.wholeWeights)
        let found = try export.predict(on: examples)
        #expect(distance(doubles(found[0]), LifeKnownAnswers.lifeOutputs) < 1e-5)
        #expect(distance(doubles(found[1]), LifeKnownAnswers.alarmOutputs) < 1e-6)
    }

    @Test func sizes() throws {
        let (network, parameters, _) = try knownNetwork()
        let export = try IntegerNetwork(network, parameters)
        #expect(export.bytes.count == export.byteCount)
        #expect(export.byteCount == 14 + 58 + 8 * 11)
        #expect(export.sizeRatio == 160.0 / 276)
    }
}
