import FederatedLearning
import RingVectors
import RoundProtocol
import SecAggSimulation
import SecureAggregation
import SecureFederation
import Testing

@Suite("Secure sums refuse what cannot be summed")
struct SecureSummationMisuseTests {
    private let schema = UploadSchema([.init(name: "values", count: 2, bound: 1)])

    private func summation(_ companies: Int = 5) throws -> SecureSummation {
        try SecureSummation(SecureSummation.Settings(companies: companies)) {
            SeededRandomSource(seed: 1, label: $0.label)
        }
    }

    private func uploads(_ value: Double = 0.5) throws -> [Upload] {
        try (0..<5).map { _ in try Upload(schema: schema, values: [value, -value]) }
    }

    @Test
    func twoCompaniesAreTooFew() {
        #expect(throws: FederationFailure.plan(.tooFewParticipants(minimum: 3))) { try summation(2) }
    }

    @Test
    func ringsThatCannotBe() throws {
        let summation = try summation()
        let uploads = try uploads()
        #expect(throws: FederationFailure.encoding(.unsupportedBits(63))) {
            try summation.sum(uploads, bits: 63, rounding: .nearest)
        }
    }

    @Test
    func anAbortedSumLeavesTheNextOneWhole() throws {
        let summation = try summation()
        let uploads = try uploads()
        #expect(throws: FederationFailure.round(Abort(.tooFewSurvivors, .survivors))) {
            try summation.sum(uploads, bits: 21, rounding: .nearest, dropouts: [0: .input, 1: .input])
        }
        let summed = try summation.sum(uploads, bits: 21, rounding: .nearest)
        #expect(summed.isExact)
        #expect(zip(summed.sum.values, [2.5, -2.5]).allSatisfy { abs($0 - $1) < 5 * summed.resolution })
    }

    @Test
    func clippingIsCounted() throws {
        let summed = try summation().sum(uploads(7), bits: 32, rounding: .nearest)
        #expect(summed.tally.clippedValues == 10)
        #expect(zip(summed.sum.values, [5.0, -5.0]).allSatisfy { abs($0 - $1) < 1e-6 })
    }

    @Test
    func encodingsHaveDifferentDigests() throws {
        let digests = try [(21, FixedPointCodec.Rounding.nearest), (21, .stochastic), (22, .nearest)].map {
            try RingEncoding(schema: schema, bits: $0.0, participants: 5, rounding: $0.1).digest
        }
        #expect(Set(digests).count == 3)
    }
}
