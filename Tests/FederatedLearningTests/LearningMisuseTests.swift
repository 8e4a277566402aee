import FederatedLearning
import Testing

/// One row a refusal: what is done and the error that must come back.
@Suite struct LearningMisuseTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let failure: LearningFailure
        let action: @Sendable () throws -> Void
        var testDescription: String { name }

        init(_ name: String, _ failure: LearningFailure, _ action: @escaping @Sendable () throws -> Void) {
            self.name = name
            self.failure = failure
            self.action = action
        }
    }

    static let layout = ParameterLayout([(name: "w", shape: [2])])
    static let fedAvg = FedAvg(layout: layout, clip: 1, maxExamples: 10, metrics: [.init(name: "loss", bound: 4)])
    static let statistics = FederatedStatistics(
        groups: 2, sensorRanges: [.init(lower: 0, upper: 1), .init(lower: 0, upper: 2)], maximumRows: 2)
    static let ridge = RidgeStatistics(features: 2, featureBound: 1, targetBound: 1, maximumRows: 2)
    static let network = MLP(
        inputs: 2, hidden: [3],
        heads: [
            .init(name: "b", width: 1, loss: .binaryCrossEntropy(positiveWeight: 1)),
            .init(name: "s", width: 3, loss: .softmaxCrossEntropy),
        ])
    static let plan = RoundPlan(round: 0, localEpochs: 1, batchSize: 2, learningRate: 0.1, seed: 0)

    static func update(_ delta: [Float], _ examples: Int) -> LocalUpdate {
        LocalUpdate(delta: delta, exampleCount: examples, steps: 1, trainingLoss: 0)
    }

    static func table(_ targets: [Float], width: Int = 2, inputs: Int = 2) throws -> ExampleTable {
        let rows = targets.count / width
        return try ExampleTable(
            inputs: [Float](repeating: 0.5, count: rows * inputs), inputWidth: inputs, targets: targets,
            targetWidth: width)
    }

    static func zero(_ schema: UploadSchema) -> AggregateSum {
        AggregateSum(schema: schema, values: [Double](repeating: 0, count: schema.dimension), cohortSize: 3)
    }

    static let uploads: [Row] = [
        Row("upload of another length", .dimensionMismatch(expected: 5, found: 4)) {
            _ = try Upload(schema: fedAvg.schema, values: [0, 0, 0, 0])
        },
        Row("upload with a NaN", .nonFinite(index: 3)) {
            _ = try Upload(schema: fedAvg.schema, values: [0, 0, 0, .nan, 0])
        },
        Row("parameters of another length", .dimensionMismatch(expected: 2, found: 3)) {
            _ = try ParameterVector(values: [1, 2, 3], layout: layout)
        },
        Row("update of another length", .dimensionMismatch(expected: 2, found: 1)) {
            _ = try fedAvg.upload(update([1], 1), metrics: [0])
        },
        Row("metrics missing", .dimensionMismatch(expected: 1, found: 0)) { _ = try fedAvg.upload(update([1, 1], 1)) },
        Row("more examples than the cap", .exampleCountOutOfRange(found: 11, maximum: 10)) {
            _ = try fedAvg.upload(update([1, 1], 11), metrics: [0])
        },
        Row("fewer examples than none", .exampleCountOutOfRange(found: -1, maximum: 10)) {
            _ = try fedAvg.upload(update([1, 1], -1), metrics: [0])
        },
        Row("more validation examples than the cap", .exampleCountOutOfRange(found: 12, maximum: 10)) {
            _ = try fedAvg.upload(update([1, 1], 1), readings: [.init(value: 0, examples: 12)])
        },
        Row("infinite update", .nonFinite(index: 1)) {
            _ = try fedAvg.upload(update([1, .infinity], 1), metrics: [0])
        },
        Row("NaN metric", .nonFinite(index: 3)) { _ = try fedAvg.upload(update([1, 1], 1), metrics: [.nan]) },
        Row("sum of another schema", .schemaMismatch) {
            var model = ParameterVector(zeros: layout)
            try fedAvg.absorb(zero(ridge.schema), into: &model)
        },
        Row("metrics of another schema", .schemaMismatch) { _ = try fedAvg.means(from: zero(ridge.schema)) },
        Row("sum into another model", .layoutMismatch) {
            var model = ParameterVector(zeros: ParameterLayout([(name: "v", shape: [2])]))
            try fedAvg.absorb(zero(fedAvg.schema), into: &model)
        },
        Row("sum without weight", .zeroTotalWeight) {
            var model = ParameterVector(zeros: layout)
            try fedAvg.absorb(zero(fedAvg.schema), into: &model)
        },
    ]

    static let sums: [Row] = [
        Row("row of another width", .dimensionMismatch(expected: 2, found: 1)) {
            var tally = statistics.makeTally()
            try tally.add([1], group: 0)
        },
        Row("group out of range", .groupOutOfRange(row: 0, groups: 2)) {
            _ = try statistics.upload(values: [0, 0], groupOfRow: [2])
        },
        Row("NaN sensor", .nonFinite(index: 1)) { _ = try statistics.upload(values: [0, .nan], groupOfRow: [0]) },
        Row("more rows than the cap", .exampleCountOutOfRange(found: 3, maximum: 2)) {
            _ = try statistics.upload(values: [0, 0, 0, 0, 0, 0], groupOfRow: [0, 1, 0])
        },
        Row("ragged sensor table", .dimensionMismatch(expected: 4, found: 3)) {
            _ = try statistics.upload(values: [0, 0, 0], groupOfRow: [0, 1])
        },
        Row("statistics of nobody", .noExamples) { _ = try statistics.moments(from: zero(statistics.schema)) },
        Row("statistics of another schema", .schemaMismatch) { _ = try statistics.moments(from: zero(ridge.schema)) },
        Row("normalising an unknown group", .groupOutOfRange(row: 1, groups: 1)) {
            var values: [Double] = [1, 2]
            let moments = GroupMoments(sensors: 1, counts: [1], means: [0], variances: [1])
            try GroupNormaliser(moments).normalise(&values, groupOfRow: [0, 1])
        },
        Row("ridge feature beyond its bound", .valueOutOfBound(index: 1)) {
            _ = try ridge.upload(features: [0, 1.01], targets: [0])
        },
        Row("ridge target beyond its bound", .valueOutOfBound(index: 2)) {
            _ = try ridge.upload(features: [0, 1], targets: [-1.01])
        },
        Row("ridge infinite feature", .nonFinite(index: 0)) {
            _ = try ridge.upload(features: [.infinity, 0], targets: [0])
        },
        Row("ridge rows beyond the cap", .exampleCountOutOfRange(found: 3, maximum: 2)) {
            _ = try ridge.upload(features: [0, 0, 0, 0, 0, 0], targets: [0, 0, 0])
        },
        Row("ridge ragged table", .dimensionMismatch(expected: 2, found: 3)) {
            _ = try ridge.upload(features: [0, 0, 0], targets: [0])
        },
        Row("ridge of nobody", .noExamples) {
            _ = try RidgeRegression.solve(from: zero(ridge.schema), statistics: ridge, lambda: 1)
        },
        Row("ridge of another schema", .schemaMismatch) {
            _ = try RidgeRegression.solve(from: zero(statistics.schema), statistics: ridge, lambda: 1)
        },
        Row("ridge fit without rows", .noExamples) {
            _ = try RidgeRegression.fit(features: [], targets: [], lambda: 1)
        },
    ]

    static let training: [Row] = [
        Row("ragged inputs", .dimensionMismatch(expected: 2, found: 3)) {
            _ = try ExampleTable(inputs: [1, 2, 3], inputWidth: 2, targets: [1], targetWidth: 1)
        },
        Row("NaN target", .nonFinite(index: 3)) {
            _ = try ExampleTable(inputs: [1, 2], inputWidth: 2, targets: [1, .nan], targetWidth: 2)
        },
        Row("inputs of another width", .dimensionMismatch(expected: 2, found: 3)) {
            try network.check(table([0, 0], inputs: 3))
        },
        Row("targets of another width", .dimensionMismatch(expected: 2, found: 1)) {
            try network.check(table([0, 0], width: 1))
        },
        Row("binary target above 1", .valueOutOfBound(index: 2)) { try network.check(table([0, 0, 1.5, 0])) },
        Row("class beyond the last", .labelOutOfRange(row: 1, classes: 3)) { try network.check(table([0, 0, 1, 3])) },
        Row("class that is no integer", .labelOutOfRange(row: 0, classes: 3)) {
            try network.check(table([0, 0.5]))
        },
        Row("training on nothing", .noExamples) { _ = try NetworkTrainer(network: network, training: table([])) },
        Row("loss of another model", .layoutMismatch) {
            _ = try network.loss(ParameterVector(zeros: layout), on: table([0, 0]))
        },
        Row("training another model", .layoutMismatch) {
            var trainer = try NetworkTrainer(network: network, training: table([0, 0]))
            _ = try trainer.train(from: ParameterVector(zeros: layout), plan: plan)
        },
        Row("plan without an epoch", .invalidPlan) {
            var trainer = try NetworkTrainer(network: network, training: table([0, 0]))
            var bad = plan
            bad.localEpochs = 0
            _ = try trainer.train(from: ParameterVector(zeros: network.layout), plan: bad)
        },
        Row("plan with a step of NaN", .invalidPlan) {
            var bad = plan
            bad.learningRate = .nan
            try bad.check()
        },
    ]

    static let metrics: [Row] = [
        Row("error of ragged vectors", .dimensionMismatch(expected: 2, found: 1)) {
            _ = try RegressionMetrics.rootMeanSquaredError(predicted: [1], actual: [1, 2])
        },
        Row("error of nothing", .noExamples) {
            _ = try RegressionMetrics.rootMeanSquaredError(predicted: [], actual: [])
        },
        Row("average precision without positives", .noExamples) {
            _ = try RankingMetrics.averagePrecision(scores: [1], labels: [false])
        },
        Row("NaN score", .nonFinite(index: 1)) {
            _ = try RankingMetrics.averagePrecision(scores: [1, .nan], labels: [true, false])
        },
        Row("threshold without negatives", .noExamples) {
            _ = try RankingMetrics.threshold(scores: [1], labels: [true], falseAlarms: 0.1)
        },
        Row("recall without positives", .noExamples) {
            _ = try RankingMetrics.recall(scores: [1], labels: [false], falseAlarms: 0.1)
        },
        Row("quantile of nothing", .noExamples) { _ = try Quantile.linear([], at: 0.5) },
        Row("class out of the matrix", .labelOutOfRange(row: 0, classes: 2)) {
            _ = try ConfusionMatrix(predicted: [2], actual: [0], classes: 2)
        },
        Row("counts of ragged vectors", .dimensionMismatch(expected: 1, found: 2)) {
            _ = try ConfusionCounts(scores: [1, 2], labels: [true], threshold: 0)
        },
    ]

    @Test(arguments: uploads + sums + training + metrics) func refuses(_ row: Row) {
        #expect(throws: row.failure) { try row.action() }
    }

    @Test func aRefusedSumLeavesTheModelAlone() throws {
        var model = try ParameterVector(values: [1, 2], layout: Self.layout)
        try? Self.fedAvg.absorb(Self.zero(Self.fedAvg.schema), into: &model)
        #expect(model.values == [1, 2])
    }

    @Test func layoutsAndSchemasNameTheirPlaces() {
        let layout = ParameterLayout([(name: "a", shape: [2, 3]), (name: "b", shape: [4])])
        #expect(layout.parameterCount == 10)
        #expect(layout.range(of: "b") == 6..<10)
        #expect(layout.range(of: "c") == nil)
        let schema = UploadSchema([.init(name: "x", count: 2, bound: 1), .init(name: "y", count: 3, bound: 2)])
        #expect(schema.dimension == 5)
        #expect(schema.range(of: "y") == 2..<5)
        let sum = AggregateSum(schema: schema, values: [1, 2, 3, 4, 5], cohortSize: 2)
        #expect(sum.block("y") == [3, 4, 5])
        #expect(sum.block("z") == nil)
    }
}
