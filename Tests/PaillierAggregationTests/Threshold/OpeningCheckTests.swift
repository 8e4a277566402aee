import CryptoPrimitives
import Testing

@testable import PaillierAggregation

/// The check of an opening by subsets against the check of every ciphertext.
@Suite struct OpeningCheckTests {
    static let count = AggregateOpening.checkedOneByOne + 5

    /// Random plaintexts and roots, and the ciphertexts that they open.
    static func opened() throws -> (key: PublicKey, plaintexts: [UInt64], roots: [UInt64], aggregate: CiphertextVector)
    {
        var source: any RandomSource = StreamSource(77)
        let key = try TestKeys.key(.p2048).publicKey
        func numbers() -> [UInt64] {
            (0..<count).flatMap { _ in
                (PublicInteger(limbs: PublicPowersTests.random(34, from: &source)) % key.n).limbs(32)
            }
        }
        let (plaintexts, roots) = (numbers(), numbers())
        var (wide, factors): ([UInt64], [UInt64]) = ([], [])
        for start in stride(from: 0, to: roots.count, by: 32) {
            wide += roots[start..<start + 32] + [UInt64](repeating: 0, count: 32)
            let m = PublicInteger(limbs: plaintexts[start..<start + 32])
            factors += (PublicInteger(1) + m * key.n).limbs(64)
        }
        let limbs = key.ringSquared.products(key.ringSquared.powers(wide, key.n), factors)
        return (key, plaintexts, roots, try CiphertextVector(limbs: limbs, key: key, codecID: key.id))
    }

    static func opening(_ plaintexts: [UInt64], _ roots: [UInt64], _ key: PublicKey) -> AggregateOpening {
        AggregateOpening(mode: .jointRoot, statement: key.id, plaintexts: plaintexts, roots: roots, limbs: 32)
    }

    @Test func subsetsAcceptWhatIsRight() throws {
        let (key, plaintexts, roots, aggregate) = try Self.opened()
        try Self.opening(plaintexts, roots, key).verifyOpening(of: aggregate, key: key)
        let few = 32 * 3
        let small = try CiphertextVector(limbs: Array(aggregate.limbs[..<(2 * few)]), key: key, codecID: key.id)
        try Self.opening(Array(plaintexts[..<few]), Array(roots[..<few]), key).verifyOpening(of: small, key: key)
    }

    /// One number of one ciphertext is wrong: by one, by its sign, by a factor of n, or two are exchanged.
    @Test func subsetsRefuseWhatOneByOneRefuses() throws {
        let (key, plaintexts, roots, aggregate) = try Self.opened()
        func number(_ numbers: [UInt64], _ place: Int) -> PublicInteger {
            PublicInteger(limbs: numbers[32 * place..<32 * (place + 1)])
        }
        func with(_ numbers: [UInt64], _ place: Int, _ number: PublicInteger) -> [UInt64] {
            var changed = numbers
            changed.replaceSubrange(32 * place..<32 * (place + 1), with: number.limbs(32))
            return changed
        }
        let one = PublicInteger(1)
        let last = Self.count - 1
        let exchanged = with(with(roots, 0, number(roots, 1)), 1, number(roots, 0))
        let shifted = with(
            with(plaintexts, 3, (number(plaintexts, 3) + one) % key.n), 4, (number(plaintexts, 4) + key.n - one) % key.n
        )
        let wrong: [([UInt64], [UInt64])] = [
            (with(plaintexts, 0, (number(plaintexts, 0) + one) % key.n), roots),
            (with(plaintexts, last, key.n - number(plaintexts, last)), roots),
            (shifted, roots),
            (plaintexts, with(roots, last, key.n - number(roots, last))),
            (plaintexts, with(roots, 7, (number(roots, 7) + one) % key.n)),
            (plaintexts, exchanged),
            (plaintexts, with(roots, 9, try Self.factor())),
        ]
        for (plaintexts, roots) in wrong {
            #expect(throws: PaillierFailure.openingRejected) {
                try Self.opening(plaintexts, roots, key).verifyOpening(of: aggregate, key: key)
            }
        }
        // Ciphertexts and roots that share a factor with n, which one equation at a time would let pass.
        let p = try Self.factor()
        let power = p.power(key.n, modulo: key.nSquared)
        let residues = [UInt64](repeating: 0, count: 64 * 2)
        var (both, factors) = (residues, Array(roots[..<64]))
        both.replaceSubrange(0..<64, with: power.limbs(64))
        both.replaceSubrange(64..<128, with: number(roots, 1).power(key.n, modulo: key.nSquared).limbs(64))
        factors.replaceSubrange(0..<32, with: p.limbs(32))
        #expect(AggregateOpening.areRoots(factors, of: both, key))
        let two = try CiphertextVector(limbs: both, key: key, codecID: key.id)
        #expect(!Self.opening([UInt64](repeating: 0, count: 64), factors, key).areRootsOfSubsets(both, two, key))
    }

    static func factor() throws -> PublicInteger {
        PublicInteger(limbs: try #require(TestKeys.encoded[PaillierParameters.p2048.id])[..<16])
    }
}
