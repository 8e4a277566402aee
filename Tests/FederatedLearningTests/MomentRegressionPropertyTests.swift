import Testing

@testable import FederatedLearning

@Suite struct MomentRegressionPropertyTests {
    /// Machines of a few rows whose targets follow a linear law with a little noise.
    static func machine(_ seed: UInt64, rows: Int) -> (features: [Float], targets: [Float]) {
        var generator = SeededGenerator(mixing: seed, 7, 7, 7)
        func uniform() -> Float { Float(generator.next() >> 40) / Float(1 << 23) - 1 }
        var features: [Float] = []
        var targets: [Float] = []
        for _ in 0..<rows {
            let x = [uniform(), uniform(), uniform()]
            features += x
            targets.append(0.3 + 2 * x[0] - x[1] + 0.01 * uniform())
            targets.append(-0.5 + x[2] + 0.01 * uniform())
        }
        return (features, targets)
    }

    static let statistics = MomentStatistics(features: 3, centres: [0.25, -0.5], limit: 4, weight: 2)

    /// Weighted least squares by elimination in plain loops, each machine counting alike.
    static func slowFit(_ machines: [(features: [Float], targets: [Float])], target: Int) -> [Double] {
        var system = [[Double]](repeating: [Double](repeating: 0, count: 5), count: 4)
        for machine in machines {
            let rows = machine.features.count / 3
            for row in 0..<rows {
                let z = (0..<3).map { Double(machine.features[row * 3 + $0]) } + [1]
                let y = Double(machine.targets[row * 2 + target])
                for i in 0..<4 {
                    for j in 0..<4 { system[i][j] += z[i] * z[j] / Double(rows) }
                    system[i][4] += z[i] * y / Double(rows)
                }
            }
        }
        for pivot in 0..<4 {
            for row in 0..<4 where row != pivot {
                let factor = system[row][pivot] / system[pivot][pivot]
                for column in 0..<5 { system[row][column] -= factor * system[pivot][column] }
            }
        }
        return (0..<4).map { system[$0][4] / system[$0][$0] }
    }

    @Test func equalsLeastSquaresOverAllRows() throws {
        let machines = (0..<9).map { Self.machine(UInt64($0), rows: 5 + 3 * $0) }
        var sum = [Double](repeating: 0, count: Self.statistics.dimension)
        for machine in machines {
            let vector = Self.statistics.vector(features: machine.features, targets: machine.targets)
            #expect(vector.count == sum.count)
            for index in sum.indices { sum[index] += Double(vector[index]) }
        }
        let model = try Self.statistics.fit(sum, penalty: 0)
        for target in 0..<2 {
            let slow = Self.slowFit(machines, target: target)
            let fast = Array(model.coefficients[target * 3..<target * 3 + 3]) + [model.intercepts[target]]
            for (a, b) in zip(slow, fast) { #expect(abs(a - b) < 2e-5) }
        }
        let predicted = try model.predict([0.5, -0.5, 0.25, 0, 0, 0], output: 0)
        #expect(abs(predicted[0] - 1.8) < 0.02 && abs(predicted[1] - 0.3) < 0.02)
    }

    @Test func aMachineCountsAlikeHoweverManyRowsItHas() {
        let machine = Self.machine(3, rows: 4)
        let once = Self.statistics.vector(features: machine.features, targets: machine.targets)
        let often = Self.statistics.vector(
            features: Array((0..<50).map { _ in machine.features }.joined()),
            targets: Array((0..<50).map { _ in machine.targets }.joined()))
        for (a, b) in zip(once, often) { #expect(abs(a - b) < 1e-6) }
        #expect(Self.statistics.vector(features: [], targets: []).allSatisfy { $0 == 0 })
    }

    @Test func featuresBeyondTheLimitCountAsTheLimit() {
        let far = Self.statistics.vector(features: [1e9, -1e9, 0], targets: [0.25, -0.5])
        let near = Self.statistics.vector(features: [4, -4, 0], targets: [0.25, -0.5])
        #expect(far == near)
        #expect(Self.statistics.vector(features: [.nan, 0, 0], targets: [0, 0]).contains { $0.isNaN })
    }

    @Test func noiseThatMakesTheMatrixIndefiniteIsProjectedAway() throws {
        // gram = diag(2, 1, -3, 1) with one moment on the bad direction
        var sum = [Double](repeating: 0, count: Self.statistics.dimension)
        sum[0] = 2
        sum[4] = 1
        sum[7] = -3
        sum[9] = 1
        sum[10] = 2
        sum[12] = 2
        let model = try Self.statistics.fit(sum, penalty: 1)
        #expect(abs(model.coefficients[0] - 1.0 / 3) < 1e-12)
        #expect(abs(model.coefficients[2] - 1) < 1e-12)
        #expect(throws: LearningFailure.notPositiveDefinite(pivot: 2)) { try Self.statistics.fit(sum, penalty: 0) }
    }

    @Test func refusesWhatIsNoSum() {
        let dimension = Self.statistics.dimension
        #expect(throws: LearningFailure.dimensionMismatch(expected: dimension, found: 1)) {
            try Self.statistics.fit([0], penalty: 1)
        }
        var sum = [Double](repeating: 0, count: dimension)
        sum[3] = .infinity
        #expect(throws: LearningFailure.nonFinite(index: 3)) { try Self.statistics.fit(sum, penalty: 1) }
        #expect(throws: LearningFailure.dimensionMismatch(expected: 3, found: 4)) {
            let model = try Self.statistics.fit([Double](repeating: 0, count: dimension), penalty: 1)
            return try model.predict([0, 0, 0, 0], output: 0)
        }
    }

    @Test(arguments: [1, 2, 5, 29]) func spectrumRebuildsTheMatrix(_ size: Int) {
        var generator = SeededGenerator(mixing: UInt64(size), 1, 1, 1)
        let triangle = (0..<size * (size + 1) / 2).map { _ in Double(generator.next() >> 32) / 0x1p31 - 1 }
        let matrix = SymmetricMatrix(upperTriangle: triangle, size: size)
        let spectrum = SymmetricSpectrum(matrix)
        for row in 0..<size {
            for column in 0..<size {
                var entry = 0.0
                var product = 0.0
                for k in 0..<size {
                    let pair = spectrum.vectors[row * size + k] * spectrum.vectors[column * size + k]
                    entry += spectrum.values[k] * pair
                    product += pair
                }
                #expect(abs(entry - matrix[row, column]) < 1e-12 * Double(size))
                #expect(abs(product - (row == column ? 1 : 0)) < 1e-13 * Double(size))
            }
        }
    }
}
