import CryptoPrimitives
import SecAggSimulation
import Testing

@testable import PaillierAggregation

@Suite struct ThresholdPropertyTests {
    @Test(arguments: [2, 6, 26], OpeningMode.allCases)
    func anyThresholdOpensTheExactSum(_ threshold: Int, _ mode: OpeningMode) throws {
        let parties = try ThresholdParties.parties(threshold)
        let (vectors, sum) = try parties.contributions(4, dimension: 90, seed: 11)
        let request = try parties.request(mode, vectors)
        let all = Array(1...parties.key.shareholders)
        for holders in [Array(all.prefix(threshold)), Array(all.suffix(threshold))] {
            let partials = try parties.open(holders, request)
            let opening = try AggregateOpening.combine(partials, request: request, key: parties.key)
            let decoded = try opening.decode(parties.packing, dimension: 90, request: request, key: parties.key)
            #expect(decoded.values == sum)
            #expect(decoded.weight == 4)
        }
        // One shareholder fewer than the threshold, whoever it is.
        let short = try parties.open(Array(all.suffix(threshold - 1)), request)
        #expect(throws: PaillierFailure.tooFewShares(needed: threshold, got: threshold - 1)) {
            try AggregateOpening.combine(short, request: request, key: parties.key)
        }
    }

    @Test func bothModesOpenTheSame() throws {
        let parties = try ThresholdParties.parties(6)
        let (vectors, _) = try parties.contributions(3, dimension: 60, seed: 12)
        let openings = try OpeningMode.allCases.map { mode in
            let request = try parties.request(mode, vectors)
            return try AggregateOpening.combine(
                parties.open([9, 2, 5, 7, 1, 10], request), request: request, key: parties.key)
        }
        #expect(openings[0].plaintexts == openings[1].plaintexts)
        #expect(openings[0].roots.isEmpty && !openings[1].roots.isEmpty)
    }

    @Test func keyAndSharesSurviveTheirBytes() throws {
        let parties = try ThresholdParties.parties(2)
        let key = try ThresholdPublicKey(bytes: parties.key.bytes())
        #expect(key == parties.key)
        let share = try KeyShare.decode(parties.share(2).share.bytes(), key: key)
        #expect(share.holder == 2)
        let (vectors, _) = try parties.contributions(2, dimension: 5, seed: 13)
        let request = try parties.request(.partialDecryption, vectors)
        let partial = try parties.open([3], request)[0]
        let read = try PartialOpening(bytes: partial.bytes(), key: key, count: partial.count)
        #expect(read == partial)
        #expect(throws: PaillierFailure.malformed) {
            try PartialOpening(bytes: Array(partial.bytes().dropLast()), key: key, count: partial.count)
        }
        #expect(throws: PaillierFailure.malformed) { try ThresholdPublicKey(bytes: key.bytes() + [0]) }
    }

    @Test func safePrimesAreSafe() {
        var source: any RandomSource = SeededRandomSource(seed: 21)
        for _ in 0..<4 {
            let found = SafePrimeSearch(bits: 256).next(from: &source)
            let (p, q) = (PublicInteger(limbs: found.prime.published()), PublicInteger(limbs: found.half.published()))
            #expect(p.isProbablePrime && q.isProbablePrime)
            #expect(p == q + q + PublicInteger(1))
            #expect(p.bitCount == 256 && q % PublicInteger(12) == PublicInteger(11))
            #expect(p / PublicInteger.powerOfTwo(254) == PublicInteger(3))
        }
    }

    @Test func primalityRefusesComposites() {
        var source: any RandomSource = SeededRandomSource(seed: 22)
        // A Carmichael number (2 passes Fermat's test), the largest prime of 64 bits that is 3 modulo 4, a product.
        let numbers: [UInt64] = [8911, 0xFFFF_FFFF_FFFF_FF43, 0xFFFF_FFFB * 0xFFFF_FFF1]
        var passed: [Bool] = []
        for number in numbers {
            passed.append(SecretPrime.isProbablePrime(SecretLimbs(public: [number]), rounds: 32, from: &source))
        }
        #expect(passed == [false, true, false])
        let isFooled = SafePrimeSearch.passesFermat(SecretLimbs(public: [561]))
        #expect(isFooled)
    }

    @Test(arguments: OpeningMode.allCases)
    func defaultParameters(_ mode: OpeningMode) throws {
        let parties = try Self.default.get()
        try parties.key.verify()
        let (vectors, sum) = try parties.contributions(3, dimension: 200, seed: 14)
        let request = try parties.request(mode, vectors)
        let opening = try AggregateOpening.combine(
            parties.open([3, 1], request), request: request, key: parties.key)
        let decoded = try opening.decode(parties.packing, dimension: 200, request: request, key: parties.key)
        #expect(decoded.values == sum)
        if mode == .jointRoot { try opening.verifyOpening(of: request, key: parties.key.publicKey) }
    }

    private static let `default` = Result { try ThresholdParties(2, of: 3, seed: 4, parameters: .p3072) }
}
