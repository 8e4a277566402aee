import CryptoPrimitives
import Testing

@testable import PaillierAggregation

/// Arithmetic on secrets against public integers, and those against numbers known from elsewhere.
@Suite struct SecretArithmeticPropertyTests {
    @Test func limbsAgreeWithPublicIntegers() throws {
        var source: any RandomSource = StreamSource(3)
        for (bitsA, bitsB) in [(64, 64), (192, 128), (1024, 1024), (1536, 3072), (3072, 1536)] {
            for _ in 0..<20 {
                let a = SecretLimbs(randomBits: bitsA, from: &source)
                var b = SecretLimbs(randomBits: bitsB, from: &source)
                b.withMutableLimbs { [top = b.count - 1] in
                    $0[0] |= 1
                    $0[top] |= 1 << 63
                }
                let x = PublicInteger(limbs: a.published())
                let y = PublicInteger(limbs: b.published())
                #expect(PublicInteger(limbs: a.multiplied(by: b).published()) == x * y)
                let rest = a.remainder(modulo: b)
                #expect(PublicInteger(limbs: rest.published()) == x % y)
                if let inverse = a.inverse(modulo: b) {
                    #expect(PublicInteger(limbs: inverse.published()) == x.inverse(modulo: y))
                } else {
                    #expect(x.inverse(modulo: y) == nil)
                }
                let c = SecretLimbs.random(below: b, bits: bitsB, from: &source)
                let z = PublicInteger(limbs: c.published())
                #expect(z < y)
                var sum = rest.copy()
                sum.add(c, modulo: b)
                #expect(PublicInteger(limbs: sum.published()) == (x + z) % y)
                var difference = rest.copy()
                difference.subtract(c, modulo: b)
                #expect(PublicInteger(limbs: difference.published()) == (x - z) % y)
                #expect(PublicInteger(limbs: a.halved().published()) == x / PublicInteger(2))
                #expect(a.equals(a.copy()) == 1 && sum.equals(difference) == (z.isZero ? 1 : 0))
                if bitsB <= 1536 {
                    let context = try #require(MontgomeryContext.of(b.published()))
                    let power = PublicInteger(limbs: rest.power(a, in: context).published())
                    #expect(power == x.power(x, modulo: y))
                }
            }
        }
    }

    /// Taking a copy into guarded memory leaves the array alone, however often.
    @Test func copyingLeavesTheArrayAlone() throws {
        let key = try TestKeys.key(.p2048).publicKey
        let limbs = (0..<UInt64(32)).map { $0 &* 0x9E37_79B9_7F4A_7C15 >> 1 }
        var sum: UInt64 = 0
        for _ in 0..<1000 {
            sum &+= SecretLimbs(public: limbs).published()[31]
            sum &+= try PlaintextVector(limbs: limbs, key: key, codecID: key.id).published()[31]
        }
        #expect(sum == 2000 &* limbs[31])
        #expect(limbs == (0..<UInt64(32)).map { $0 &* 0x9E37_79B9_7F4A_7C15 >> 1 })
    }

    @Test func divisionBySmallPrimes() {
        #expect(SmallPrimes.odd.count == 6541 && SmallPrimes.odd.first == 3 && SmallPrimes.odd.last == 65_521)
        let all = SmallPrimes.odd(below: 1 << 17)
        #expect(all.count == 12_250 && all.last == 131_071)
        var source: any RandomSource = StreamSource(4)
        for first in [1, 2, 10, 500] {
            let primes = all[..<first]
            let division = TrialDivision(by: primes, limbs: 8)
            for _ in 0..<100 {
                let number = SecretLimbs(randomBits: 512, from: &source)
                let value = PublicInteger(limbs: number.published())
                let twin = value + value + PublicInteger(1)
                let divides = primes.contains { (value % PublicInteger(Int($0))).isZero }
                let dividesTwin = primes.contains { (twin % PublicInteger(Int($0))).isZero }
                #expect(division.divides(number) == divides)
                #expect(division.divides(number, twin: true) == (divides || dividesTwin))
            }
        }
        // Multiples of one prime, and numbers one short of half of one, as large as 64 limbs hold them.
        for prime in [3, 5, 257, 65_521, 131_071] as [UInt32] {
            let division = TrialDivision(by: [prime], limbs: 64)
            let top = PublicInteger.powerOfTwo(4096) - PublicInteger(1)
            let multiple = top - top % PublicInteger(Int(prime))
            let half = multiple - PublicInteger(Int(prime / 2) + 1)
            let answers = [multiple, half, multiple - PublicInteger(1)].map { value in
                let number = SecretLimbs(public: value.limbs(64))
                return [division.divides(number), division.divides(number, twin: true)]
            }
            #expect(answers == [[true, true], [false, true], [false, false]])
        }
    }

    @Test func primalityOfKnownNumbers() throws {
        var source: any RandomSource = StreamSource(5)
        // 2^521 - 1 and 2^255 - 21 (3 modulo 4) are prime; 2^523 - 1 is not; nor is the product of two primes, nor a
        // Carmichael number that is 3 modulo 4.
        let one = PublicInteger(1)
        let mersenne = PublicInteger.powerOfTwo(521) - one
        let composite = PublicInteger.powerOfTwo(523) - one
        let carmichael = PublicInteger(8911)
        for (number, prime) in [
            (mersenne, true), (composite, false), (carmichael, false), (PublicInteger(65_519), true),
            (PublicInteger(65_519 * 65_521), false), (PublicInteger(13), false),
        ] {
            let secret = SecretLimbs(public: number.limbs((number.bitCount + 63) / 64))
            #expect(SecretPrime.isProbablePrime(secret, rounds: 40, from: &source) == prime)
        }
        let generated = SecretPrime.generate(bits: 512, from: &source)
        let value = PublicInteger(limbs: generated.published())
        #expect(value.isProbablePrime && value.bitCount == 512 && value % PublicInteger(4) == PublicInteger(3))
    }

    @Test func publicIntegers() throws {
        let a = try #require(PublicInteger(hex: "123456789abcdef0fedcba98765432100f"))
        let b = PublicInteger(-1_000_003)
        #expect(a.hex == "123456789abcdef0fedcba98765432100f")
        // From Python integers.
        #expect((a * b).hex == "115c7530eca86410769b68acf13579be21f11ed" && (a * b).sign == -1)
        #expect((a / b).hex == "1316b424bca319d8f2e49c3a5d329" && (a % b) == PublicInteger(228_503))
        #expect(PublicInteger(-7) % PublicInteger(3) == PublicInteger(2))
        #expect(PublicInteger(-7) / PublicInteger(3) == PublicInteger(-3))
        #expect(PublicInteger(3).inverse(modulo: PublicInteger(6)) == nil)
        let (x, y) = PublicInteger(240).bezout(PublicInteger(46))
        #expect(x * PublicInteger(240) + y * PublicInteger(46) == PublicInteger(2))
        #expect(PublicInteger(1001).jacobi(PublicInteger(9907)) == -1)
        #expect(PublicInteger(0).hex == "0" && PublicInteger(hex: "") == nil && PublicInteger(hex: "0g") == nil)
        #expect(PublicInteger(3 * 3 * 3).isPerfectPower && !PublicInteger(12).isPerfectPower)
    }
}
