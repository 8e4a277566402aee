import DifferentialPrivacy
import SecureFederation
import Testing

@Suite("Model bundles are the script's, byte by byte") struct ModelBundleKnownAnswerTests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test func bytes() throws {
        let first = try testBundle()
        #expect(hex(first.bytes) == BundleKnownAnswers.first)
        let second = try testBundle(
            version: 2, parent: first.hash,
            privacy: PrivacySpent(epsilon: Epsilon(2.5), delta: Delta(1e-6), unit: .asset),
            values: [0.5, -1.25, -4.5e-7, 0, -0.0, 7, 0.1, 1e30].reversed())
        #expect(hex(second.bytes) == BundleKnownAnswers.second)
        #expect(try ModelBundle(reading: first.bytes) == first)
        #expect(try ModelBundle(reading: second.bytes) == second)
        #expect(first.parameters.values[4].sign == .minus)
    }
}
