import CryptoPrimitives
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// Contributions of a hostile company.
@Suite struct SumContributionMisuseTests {
    /// What company 3 may try with company 0's contribution and with numbers that are no ciphertexts.
    enum Trick: CaseIterable {
        case verbatim, rerandomised, negated, shifted
        case otherSession, otherRound, otherSender, otherCiphertexts, noProof
        case zero, modulus, multiple, square, above, noUnitInProof

        var code: AbortCode {
            switch self {
            case .zero, .square, .above: .elementOutOfRange
            default: .proofRejected
            }
        }
    }

    /// The bytes of such a contribution, in the open round of a bench.
    static func contribution(_ trick: Trick, _ bench: SumBench, by id: Int = 3) throws -> [UInt8] {
        let (context, session) = try bench.openRound()
        let key = bench.parties.key.publicKey
        let bytes = try bench.uploaded(0, after: .maskedInput)
        let copied = try Contribution.decode(bytes, context, key: key)
        let limbs = key.parameters.ciphertextLimbs
        func with(_ ciphertexts: [UInt64]) -> [UInt8] {
            ciphertexts.flatMap { limb in (0..<8).map { UInt8(truncatingIfNeeded: limb >> (8 * $0)) } }
                + copied.proof.bytes()
        }
        func own(session: Digest? = nil, round: UInt64? = nil, sender: Int? = nil) throws -> Contribution {
            try bench.contribution(
                bench.inputs[id].signedValues(), by: id, session: session, round: round, sender: sender)
        }
        switch trick {
        case .verbatim: return bytes
        case .rerandomised:
            var source = SumBench.random(5, "rerandomised")
            return with(try Encryptor(key).rerandomise(copied.ciphertexts, from: &source).limbs)
        case .negated:
            let c = PublicInteger(limbs: copied.ciphertexts.limbs)
            return with(try #require(c.inverse(modulo: key.nSquared)).limbs(limbs))
        case .shifted:
            // (1 + n) c: the same number plus one.
            let c = PublicInteger(limbs: copied.ciphertexts.limbs)
            return with(((PublicInteger(1) + key.n) * c % key.nSquared).limbs(limbs))
        case .otherSession: return try own(session: SumSetupMisuseTests.other).bytes()
        case .otherRound: return try own(round: context.round + 1).bytes()
        case .otherSender: return try own(sender: 0).bytes()
        case .otherCiphertexts:
            return Contribution(ciphertexts: copied.ciphertexts, proof: try own().proof).bytes()
        case .noProof:
            return bytes.prefix(8 * limbs) + [UInt8](repeating: 0, count: bytes.count - 8 * limbs)
        case .zero: return with([UInt64](repeating: 0, count: limbs))
        case .modulus: return with(key.n.limbs(limbs))
        case .multiple: return with((PublicInteger(3) * key.n).limbs(limbs))
        case .square: return with(key.nSquared.limbs(limbs))
        case .above: return with([UInt64](repeating: .max, count: limbs))
        case .noUnitInProof:
            // Both sides of the proof's equation would be multiples of n.
            var zeros = [UInt8](repeating: 0, count: bytes.count)
            let n = key.n.limbs(limbs).flatMap { limb in (0..<8).map { UInt8(truncatingIfNeeded: limb >> (8 * $0)) } }
            zeros.replaceSubrange(0..<8 * limbs, with: n)
            zeros.replaceSubrange(8 * limbs..<16 * limbs, with: n)
            _ = session
            return zeros
        }
    }

    /// The coordinator names who sent each of them, with the signed promise in hand, and the sum of the others is exact.
    @Test(arguments: Trick.allCases)
    func hostileContributions(_ trick: Trick) throws {
        let bench = try SumBench(SumBench.Terms(participants: 4))
        try bench.setUp()
        bench.withholding = [2, 3]
        try bench.announce()
        let frames = try bench.upload(Self.contribution(trick, bench), by: 3)
        bench.send(frames, by: 3)
        bench.pump()
        #expect(
            bench.server.machine.refusals
                == [Abort(trick.code, .input, peer: bench.peer(3), evidence: Evidence(frames: [frames[0]]))])
        #expect(bench.server.machine.round?.included.indices == [0, 1])
        // It is out of the round: the same promise is nothing new, another one a contradiction.
        #expect(try bench.server.machine.handle(frames[0], at: bench.now).isEmpty)
        let sound = try bench.upload(bench.contribution(bench.inputs[3].signedValues(), by: 3).bytes(), by: 3)
        let twice = bench.expectServerRefusal(.equivocation, .input, blaming: bench.peer(3), sound[0])
        try bench.expectProof(twice, by: bench.peer(3))
        try bench.submit(bench.inputs[2], by: 2)
        bench.settle()
        bench.expectExact([0, 1, 2])
    }

    /// A company that counts itself twice, or not at all, or leaves its slots: the sum is refused aloud, never wrong.
    @Test(arguments: [0, 3], [0, 1, 2, 3])
    func slotsThatDoNotCount(_ seat: Int, _ row: Int) throws {
        // The slot that grows by one, the weight beside it, and what comes of it; the first value is at its bound.
        let rows: [(slot: Int?, weight: UInt64, code: AbortCode)] = [
            (0, 1, .openingRejected), (nil, 0, .openingRejected), (1, 1, .elementOutOfRange),
            (2, 1, .elementOutOfRange),
        ]
        let mode = OpeningMode.allCases[row % 2]
        let bench = try SumBench(SumBench.Terms(participants: 4, mode: mode))
        try bench.setUp()
        bench.withholding = [seat]
        try bench.announce()
        let bits = try bench.openRound().context.packing.slotBits
        let bytes = try bench.contribution(
            bench.inputs[seat].signedValues(), weight: rows[row].weight, by: seat
        ) { plaintexts in
            if let slot = rows[row].slot { plaintexts.addOne(at: bits * slot) }
        }.bytes()
        bench.send(try bench.upload(bytes, by: seat), by: seat)
        bench.pump()
        bench.settle()
        try bench.expectAbort(rows[row].code, .result, told: (0..<4).filter { $0 != seat })
    }
}

extension PlaintextVector {
    /// Adds one to the number that begins at a bit of the first plaintext.
    fileprivate mutating func addOne(at bit: Int) {
        let limbs = limbsPerPlaintext
        withMutableLimbs { numbers in
            let number = PublicInteger(limbs: Array(UnsafeBufferPointer(start: numbers, count: limbs)))
            for (place, limb) in (number + PublicInteger.powerOfTwo(bit)).limbs(limbs).enumerated() {
                numbers[place] = limb
            }
        }
    }
}
