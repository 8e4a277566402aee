import CryptoPrimitives
import Testing

@testable import PaillierAggregation

/// Answers from Python integers and hashlib; the commands are in Papers/paillier-proofs.md.
@Suite struct ThresholdKnownAnswerTests {
    @Test func expansionFollowsThePage() throws {
        let seed = Digest(try #require(Bytes32((0..<32).map { UInt8($0) })))
        #expect(
            PublicInteger(limbs: seed.expanded(stream: 7, bits: 1000)).hex
                == "b831998a823de8b721299dc74989ae139d1d761cabd3e6d16b66ae5af00091517a0310d953b62ba9e669cacace43f1f2"
                + "da8ea2e81d4b3bcb7708cb987ec5258b02697141481bec1ac991098e79acdc4fd12a1ac1c716cdd1b2d20a3e6a964864"
                + "ff24e5360f37596ffe33434f398256252ece0ca8e51f08b9eab26c82eb")
    }

    @Test func transcriptFollowsThePage() {
        var transcript = ProofTranscript("knowledge")
        [UInt8]([1, 2, 3]).withUnsafeBytes { transcript.append($0) }
        transcript.append(5)
        #expect(
            transcript.digest().value.hex == "86fcd2a5b7fb4d70e8e6f451a9dbc833c6206f63e56b7abb17f497ba3927d9e1")
    }

    @Test(arguments: [
        (512, 2048, "6944fc9d1127f606", "ad934828d9d6f8a5"), (2048, 3072, "f092ccf33f98fd63", "fa8f756c13045b0f"),
        (3072, 4096, "d866fdbe16e55f15", "ecffb44738a5e130"), (4096, 6144, "8010e8a37165214f", "daf6ea1c0aeb1d77"),
    ])
    func groupsFollowThePage(_ modulusBits: Int, _ bits: Int, _ high: String, _ low: String) throws {
        let group = try #require(ProofGroup(modulusBits: modulusBits))
        #expect(group.prime.bitCount == bits)
        let text = PublicInteger(limbs: group.second).hex
        #expect(text.suffix(16) == low)
        #expect((PublicInteger(limbs: group.second) / PublicInteger.powerOfTwo(bits - 64)).hex == high)
    }

    @Test func groupsAreSafePrimes() throws {
        let group = try #require(ProofGroup(modulusBits: 2048))
        #expect(group.prime.isProbablePrime && group.order.isProbablePrime)
        #expect(group.context.powers(group.second, group.order) == PublicInteger(1).limbs(group.limbs))
        #expect(group.context.powers(group.first, group.order) == PublicInteger(1).limbs(group.limbs))
    }

    @Test func lagrangeWeights() {
        let lagrange = LagrangeWeights(shareholders: 10)
        let zero = [42_336_000, -72_576_000, 67_737_600, -72_576_000, 42_336_000, -3_628_800]
        let nine = [241_920, -725_760, 1_693_440, -5_080_320, 6_773_760, 725_760]
        #expect(lagrange.weights([2, 3, 5, 7, 8, 10]) == zero.map { PublicInteger($0) })
        #expect(lagrange.weights([2, 3, 5, 7, 8, 10], at: 9) == nine.map { PublicInteger($0) })
    }
}
