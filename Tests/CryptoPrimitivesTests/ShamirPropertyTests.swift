import Testing

@testable import CryptoPrimitives

@Suite struct ShamirPropertyTests {
    private func share(_ shares: borrowing SecretSlab, _ slot: Int) -> [UInt8] {
        shares.withSlot(slot) { Array($0) }
    }

    private func combine(_ shares: [[UInt8]], _ holders: [UInt32]) throws -> String {
        var slab = SecretSlab(slotCount: shares.count, slotBytes: 32)
        for (slot, share) in shares.enumerated() {
            slab.withMutableSlot(slot) { $0.copyBytes(from: share) }
        }
        let weights = try Shamir.Weights(holders: holders)
        return reveal(try Shamir.combine(slab, weights: weights))
    }

    private func isConsistent(_ share: [UInt8], _ holder: UInt32, _ commitments: [GroupElement]) -> Bool {
        share.withUnsafeBytes { Shamir.isConsistent(share: $0, holder: holder, commitments: commitments) }
    }

    /// A scalar as the 64 bytes that a source must give for it.
    private func wide(_ scalar: [UInt8]) -> [UInt8] {
        scalar + [UInt8](repeating: 0, count: 32)
    }

    private func small(_ value: UInt8) -> [UInt8] {
        [value] + [UInt8](repeating: 0, count: 31)
    }

    /// L - value for a small value: the order's lowest byte is 0xed.
    private func minus(_ value: UInt8) -> [UInt8] {
        var order = bytes(KnownAnswers.scalars[3].bytes)
        order[0] -= value
        return order
    }

    @Test func anyThresholdRecoversAndFewerDoNot() throws {
        var source = seeded(20)
        let holders: [UInt32] = [3, 0, 1, 7, 20, 500, 4_294_967_295]
        for threshold in 1...holders.count {
            let secret = SecretScalar(random: &source)
            let expected = reveal(secret)
            var shares = SecretSlab(slotCount: holders.count, slotBytes: 32)
            let commitments = Shamir.deal(
                secret, threshold: threshold, holders: holders, into: &shares, firstSlot: 0, slotStride: 1,
                from: &source)
            #expect(commitments.count == threshold)
            #expect(commitments[0] == secret.publicElement())
            for subset in 1..<(1 << holders.count) {
                let members = holders.indices.filter { subset >> $0 & 1 == 1 }
                let recovered = try combine(members.map { share(shares, $0) }, members.map { holders[$0] })
                #expect((recovered == expected) == (members.count >= threshold))
            }
        }
    }

    @Test func badSharesAreDetected() {
        var source = seeded(21)
        let secret = SecretScalar(random: &source)
        var shares = SecretSlab(slotCount: 5, slotBytes: 32)
        let commitments = Shamir.deal(
            secret, threshold: 3, holders: [0, 1, 2, 3, 4], into: &shares, firstSlot: 0, slotStride: 1, from: &source)
        for holder in 0..<5 {
            let good = share(shares, holder)
            #expect(isConsistent(good, UInt32(holder), commitments))
            for bit in stride(from: 0, to: 256, by: 5) {
                var bad = good
                bad[bit / 8] ^= 1 << (bit % 8)
                #expect(!isConsistent(bad, UInt32(holder), commitments))
            }
            #expect(!isConsistent(small(0), UInt32(holder), commitments))
            #expect(!isConsistent(good, UInt32(holder) + 1, commitments))
            #expect(!isConsistent(good, UInt32(holder), Array(commitments.dropLast())))
            #expect(!isConsistent(good, UInt32(holder), commitments + [commitments[1]]))
            // At x = 1 the order of the coefficients does not matter.
            #expect(isConsistent(good, UInt32(holder), commitments.reversed()) == (holder == 0))
            #expect(!isConsistent(good, UInt32(holder), []))
            #expect(!isConsistent(Array(good.dropLast()), UInt32(holder), commitments))
            #expect(!isConsistent(good + [0], UInt32(holder), commitments))
        }
    }

    /// The same residue in a second encoding, share + L, must not pass.
    @Test func nonCanonicalSharesAreRefused() throws {
        let order = bytes(KnownAnswers.scalars[3].bytes)
        var source: any RandomSource = ScriptedSource(wide(small(3)) + wide(small(2)))
        let secret = SecretScalar(random: &source)
        var shares = SecretSlab(slotCount: 1, slotBytes: 32)
        let commitments = Shamir.deal(
            secret, threshold: 2, holders: [0], into: &shares, firstSlot: 0, slotStride: 1, from: &source)
        #expect(share(shares, 0) == small(5))
        var again = order
        again[0] += 5
        #expect(isConsistent(small(5), 0, commitments))
        #expect(!isConsistent(again, 0, commitments))
        #expect(throws: CryptoFailure.nonCanonicalScalar) { try combine([again, small(7)], [0, 1]) }
        #expect(throws: CryptoFailure.nonCanonicalScalar) { try combine([small(7), order], [0, 1]) }
        // A recovered zero is no scalar.
        #expect(throws: CryptoFailure.nonCanonicalScalar) { try combine([small(0), small(0)], [0, 1]) }
    }

    @Test func aZeroShareIsLegal() throws {
        // 3 - x: the holder with x = 3 gets zero.
        var source: any RandomSource = ScriptedSource(wide(small(3)) + wide(minus(1)))
        let secret = SecretScalar(random: &source)
        var shares = SecretSlab(slotCount: 3, slotBytes: 32)
        let commitments = Shamir.deal(
            secret, threshold: 2, holders: [0, 1, 2], into: &shares, firstSlot: 0, slotStride: 1, from: &source)
        #expect(share(shares, 0) == small(2))
        #expect(share(shares, 1) == small(1))
        #expect(share(shares, 2) == small(0))
        for holder in 0..<3 {
            #expect(isConsistent(share(shares, holder), UInt32(holder), commitments))
        }
        #expect(!isConsistent(small(1), 2, commitments))
        #expect(!isConsistent(small(0), 1, commitments))
        #expect(try combine([small(0), small(2)], [2, 0]) == hex(small(3)))
    }

    /// 9 - 5x + x^2 at x = 5, and 9 - x + x^2 at x = 1: the check passes through the identity on its way.
    @Test func theIdentityOnTheWayIsHandled() {
        for (x, middle) in [(UInt32(5), UInt8(5)), (1, 1)] {
            var source: any RandomSource = ScriptedSource(wide(small(9)) + wide(minus(middle)) + wide(small(1)))
            let secret = SecretScalar(random: &source)
            var shares = SecretSlab(slotCount: 1, slotBytes: 32)
            let commitments = Shamir.deal(
                secret, threshold: 3, holders: [x - 1], into: &shares, firstSlot: 0, slotStride: 1, from: &source)
            #expect(share(shares, 0) == small(9))
            #expect(isConsistent(small(9), x - 1, commitments))
            #expect(!isConsistent(small(8), x - 1, commitments))
            #expect(!isConsistent(small(0), x - 1, commitments))
        }
    }

    @Test func aZeroCoefficientIsDrawnAgain() {
        var source: any RandomSource = ScriptedSource(wide(small(3)) + wide(small(0)) + wide(small(4)))
        let secret = SecretScalar(random: &source)
        var shares = SecretSlab(slotCount: 1, slotBytes: 32)
        let commitments = Shamir.deal(
            secret, threshold: 2, holders: [1], into: &shares, firstSlot: 0, slotStride: 1, from: &source)
        #expect(share(shares, 0) == small(11))
        #expect(commitments[1].value.hex == KnownAnswers.ristrettoMultiples[4])
    }

    @Test func emptyAndDoubledHoldersAreRefused() {
        #expect(throws: ShamirFailure.noHolders) { try Shamir.Weights(holders: []) }
        #expect(throws: ShamirFailure.duplicateHolder(7)) { try Shamir.Weights(holders: [1, 7, 3, 7]) }
        #expect(throws: ShamirFailure.duplicateHolder(0)) { try Shamir.Weights(holders: [0, 0]) }
    }

    @Test func manyHoldersRecover() throws {
        var source = seeded(22)
        let holders = (0..<300).map { UInt32($0) }
        let secret = SecretScalar(random: &source)
        var shares = SecretSlab(slotCount: holders.count, slotBytes: 32)
        _ = Shamir.deal(
            secret, threshold: 151, holders: holders, into: &shares, firstSlot: 0, slotStride: 1, from: &source)
        let chosen = holders.filter { $0 % 2 == 1 } + [0]
        let recovered = try combine(chosen.map { share(shares, Int($0)) }, chosen)
        #expect(recovered == reveal(secret))
    }

    /// Feldman's right side by the kernel is libsodium's, step by step, the identity at the end included.
    @Test(arguments: [1, 2, 3, 255, 65_537, 1 << 32] as [UInt64])
    func polynomialsOfElementsAreLibsodiums(x: UInt64) throws {
        var source = seeded(26)
        for count in 1...9 {
            let coefficients = (0..<count).map { _ in SecretScalar(random: &source).publicElement() }
            let value = try #require(Shamir.value(of: coefficients, at: x))
            #expect(value == Shamir.slowValue(of: coefficients, at: x))
        }
        // The order less x, times C, and x C cancel.
        var scalar = bytes(KnownAnswers.scalars[3].bytes)
        var borrow = 0
        for index in 0..<32 {
            let difference = Int(scalar[index]) - (index < 8 ? Int(x >> (8 * index) & 255) : 0) - borrow
            scalar[index] = UInt8(truncatingIfNeeded: difference)
            borrow = difference < 0 ? 1 : 0
        }
        let high = SecretScalar(random: &source).publicElement()
        let product = try scalar.withUnsafeBytes { bytes in
            reveal(try SecretScalar(canonical: bytes).sharedSecret(with: high))
        }
        let low = try GroupElement(bytes32(product))
        #expect(Shamir.value(of: [low, high], at: x)?.isZero == true)
        #expect(Shamir.slowValue(of: [low, high], at: x)?.isZero == true)
        #expect(Shamir.value(of: [], at: x) == nil)
    }
}
