import CryptoPrimitives
import Testing

@testable import PaillierAggregation

/// Products of public powers against one power after the other in public integers.
@Suite struct PublicPowersTests {
    /// A modulus by itself and as the square of its root, on both paths.
    static func contexts(_ root: [UInt64]) throws -> (modulus: PublicInteger, contexts: [MontgomeryContext]) {
        let square = PublicInteger(limbs: root) * PublicInteger(limbs: root)
        var contexts: [MontgomeryContext] = []
        for path in [ArithmeticPath.automatic, .portable] {
            contexts.append(try #require(MontgomeryContext.of(square.limbs(2 * root.count), path: path)))
            contexts.append(try #require(MontgomeryContext.of(squareOf: root, path: path)))
        }
        return (square, contexts)
    }

    static func random(_ count: Int, from source: inout any RandomSource) -> [UInt64] {
        var limbs = [UInt64](repeating: 0, count: count)
        limbs.withUnsafeMutableBytes { source.fill($0) }
        return limbs
    }

    static func root(_ limbs: Int, from source: inout any RandomSource) -> [UInt64] {
        var root = random(limbs, from: &source)
        root[0] |= 1
        root[limbs - 1] |= 1 << 63
        return root
    }

    /// Counts on both sides of every change of plan, weights with zeros and ones among them.
    @Test(arguments: [0, 1, 2, 7, 8, 9, 16, 17, 40, 130, 300])
    func weightedProductsAgreeWithPowersOneByOne(count: Int) throws {
        var source: any RandomSource = StreamSource(UInt8(count & 255))
        let (modulus, contexts) = try Self.contexts(Self.root(8, from: &source))
        let numbers = Self.random(16 * count, from: &source)
        var weights = Self.random(2 * count, from: &source)
        if count > 2 { weights.replaceSubrange(0..<5, with: [0, 0, 1, 0, 0]) }
        var expected = PublicInteger(1)
        for i in 0..<count {
            let base = PublicInteger(limbs: numbers[16 * i..<16 * (i + 1)])
            let weight = PublicInteger(limbs: weights[2 * i..<2 * (i + 1)])
            expected = expected * base.power(weight, modulo: modulus) % modulus
        }
        let subsets = (0..<128).flatMap { bit -> [UInt64] in
            let chosen = (0..<count).filter { weights[2 * $0 + bit / 64] >> UInt64(bit % 64) & 1 == 1 }
            let numbers = chosen.map { PublicInteger(limbs: numbers[16 * $0..<16 * ($0 + 1)]) }
            return numbers.reduce(PublicInteger(1)) { $0 * $1 % modulus }.limbs(16)
        }
        for context in contexts {
            #expect(context.product(of: numbers, weights: weights) == expected.limbs(16))
            if count > 0 { #expect(context.subsetProducts(of: numbers, weights: weights) == subsets) }
            if count > 0 {
                let slow = context.product(of: context.powers(numbers, exponents: weights, bits: 128))
                #expect(slow == expected.limbs(16))
            }
        }
    }

    @Test func productsOfPowersAgreeWithPowersOneByOne() throws {
        var source: any RandomSource = StreamSource(1)
        let (modulus, contexts) = try Self.contexts(Self.root(6, from: &source))
        for (terms, bits) in [(1, 1), (1, 400), (3, 30), (6, 128), (26, 70)] {
            let vectors = (0..<terms).map { _ in Self.random(12 * 11, from: &source) }
            var exponents = (0..<terms).map { _ in
                PublicInteger(limbs: Self.random(7, from: &source)) % PublicInteger.powerOfTwo(bits)
            }
            if terms == 3 { exponents[1] = PublicInteger(0) }
            for context in contexts {
                let products = context.products(of: vectors, exponents: exponents)
                for place in 0..<11 {
                    let range = 12 * place..<12 * (place + 1)
                    var expected = PublicInteger(1)
                    for (vector, exponent) in zip(vectors, exponents) {
                        let power = PublicInteger(limbs: vector[range]).power(exponent, modulo: modulus)
                        expected = expected * power % modulus
                    }
                    #expect(Array(products[range]) == expected.limbs(12))
                }
            }
        }
    }

    @Test(arguments: [0, 1, 2, 3, 8, 13])
    func sharedInversionAgreesWithInversionsOneByOne(count: Int) throws {
        var source: any RandomSource = StreamSource(2)
        let key = try TestKeys.key(.p2048).publicKey
        var numbers = (0..<count).flatMap { _ in
            (PublicInteger(limbs: Self.random(64, from: &source)) % key.nSquared).limbs(64)
        }
        let expected = stride(from: 0, to: numbers.count, by: 64).flatMap {
            PublicInteger(limbs: numbers[$0..<$0 + 64]).inverse(modulo: key.nSquared)?.limbs(64) ?? []
        }
        #expect(key.ringSquared.inverses(numbers, modulo: key.nSquared) == expected)
        if count > 0 {
            numbers.replaceSubrange(64 * (count - 1)..<64 * count, with: key.n.limbs(64))
            #expect(key.ringSquared.inverses(numbers, modulo: key.nSquared) == nil)
        }
    }

    @Test func squaresOfShortOrEvenRootsAreRefused() {
        #expect(MontgomeryContext.of(squareOf: [5, 1 << 63]) != nil)
        #expect(MontgomeryContext.of(squareOf: [4, 1 << 63]) == nil)
        #expect(MontgomeryContext.of(squareOf: [5, 1 << 62]) == nil)
        #expect(MontgomeryContext.of(squareOf: []) == nil)
        #expect(MontgomeryContext.of(squareOf: [UInt64](repeating: .max, count: 66)) == nil)
    }
}
