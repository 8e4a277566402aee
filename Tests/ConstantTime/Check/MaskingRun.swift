import CMemcheck

@testable import CryptoPrimitives
@testable import DurableState
@testable import RingVectors
@testable import RoundProtocol
@testable import SecureAggregation

/// The masking protocol's operations with every secret hidden from memcheck, on the path that runs under valgrind: drawing and
/// sharing of scalars, exchange of keys, boxes, signatures, seeds, masks, the quantiser, sealed records. Each family has a planted
/// fault beside it.
struct MaskingRun {
    private var tally = Tally()

    static func run() throws -> Tally {
        var run = MaskingRun()
        run.scalars()
        run.sharing()
        try run.exchange()
        run.masks()
        try run.quantiser()
        run.records()
        return run.tally
    }

    private static func hidden(_ seed: UInt64) -> any RandomSource { CheckSource(seed, hides: true) }

    private mutating func scalars() {
        var source = Self.hidden(21)
        let own = SecretScalar(random: &source)
        let other = SecretScalar(random: &source)
        var (first, second) = (GroupElement?.none, GroupElement?.none)
        tally.clean("secret scalars and their points") {
            (first, second) = (own.publicElement().shown(), other.publicElement().shown())
            return own.withUnsafeBytes { Taint.isHidden($0) }
        }
        tally.clean("a shared secret, from both ends") {
            guard let first, let second else { return false }
            let left = try own.sharedSecret(with: second)
            let right = try other.sharedSecret(with: first)
            var isSame = left.isEqual(to: right)
            Taint.show(&isSame)
            return isSame && left.withUnsafeBytes { Taint.isHidden($0) }
        }
        tally.clean("mask seeds, pairwise and own") {
            guard let second else { return false }
            let zero = Digest(Bytes32())
            let context = MaskContext(session: zero, round: 1, configDigest: zero)
            let (low, high) = (PeerID(rawValue: 0), PeerID(rawValue: 1))
            let pair = try MaskSeed(pairwise: own, with: second, between: low, and: high, context: context)
            let mine = MaskSeed(selfMask: own, of: low, context: context)
            return pair.withUnsafeBytes { Taint.isHidden($0) } && mine.withUnsafeBytes { Taint.isHidden($0) }
        }
        tally.planted("a scalar's bits in branches") { own.withUnsafeBytes { Planted.weight($0) } > 0 }
    }

    private mutating func sharing() {
        var source = Self.hidden(22)
        let secret = SecretScalar(random: &source)
        let holders: [UInt32] = [0, 1, 2, 3]
        var shares = SecretSlab(slotCount: 4, slotBytes: Shamir.shareBytes)
        var commitments: [GroupElement] = []
        tally.clean("dealing of a secret") {
            commitments = Shamir.deal(
                secret, threshold: 3, holders: holders, into: &shares, firstSlot: 0, slotStride: 1, from: &source)
            commitments = commitments.map { $0.shown() }
            return shares.withAllBytes { Taint.isHidden($0) }
        }
        tally.clean("a share against its commitments") {
            shares.withSlot(1) { Shamir.isConsistent(share: $0, holder: 1, commitments: commitments) }
        }
        tally.clean("a secret from its shares") {
            var three = SecretSlab(slotCount: 3, slotBytes: Shamir.shareBytes)
            for slot in 0..<3 {
                shares.withSlot(slot) { share in three.withMutableSlot(slot) { $0.copyMemory(from: share) } }
            }
            let again = try Shamir.combine(three, weights: .init(holders: [0, 1, 2]))
            return again.publicElement().shown() == secret.publicElement().shown()
        }
        tally.planted("a share that is looked at byte by byte") { shares.withSlot(0) { Planted.weight($0) } > 0 }
    }

    private mutating func exchange() throws {
        var source = Self.hidden(23)
        let ownSeed = SecretBytes(random: 32, from: &source)
        let otherSeed = SecretBytes(random: 32, from: &source)
        var keys = SecretBytes(zeroed: 0)
        tally.clean("keys of an exchange, from both ends") {
            let own = KeyExchangeKey(seed: ownSeed)
            let other = KeyExchangeKey(seed: otherSeed)
            let (first, second) = (own.publicKey.shown(), other.publicKey.shown())
            keys = try own.sessionKeys(with: second, role: .client)
            let theirs = try other.sessionKeys(with: first, role: .server)
            var isSame = keys.withUnsafeBytes { mine in
                theirs.withUnsafeBytes { theirs in
                    Sodium.isEqual(
                        mine.bindMemory(to: UInt8.self).baseAddress!,
                        theirs.bindMemory(to: UInt8.self).baseAddress! + 32, count: 32)
                }
            }
            Taint.show(&isSame)
            return isSame
        }
        tally.clean("a sealed box, made and opened") {
            let content = SecretBytes(random: 160, from: &source)
            var nonces: any RandomSource = CheckSource(24, hides: false)
            let box = keys.withUnsafeBytes { keys in
                content.withUnsafeBytes { content in
                    XChaCha20Poly1305.seal(
                        content, associatedData: [1, 2, 3], key: UnsafeRawBufferPointer(rebasing: keys[..<32]),
                        nonceFrom: &nonces)
                }
            }
            box.withUnsafeBytes { Taint.show($0) }
            let opened = try keys.withUnsafeBytes { keys in
                try XChaCha20Poly1305.open(
                    box[...], associatedData: [1, 2, 3], key: UnsafeRawBufferPointer(rebasing: keys[..<32]))
            }
            var isSame = opened.isEqual(to: content)
            Taint.show(&isSame)
            return isSame
        }
        tally.clean("a signature") {
            let key = SigningKey(seed: ownSeed)
            var verifying = key.verifyingKey
            Taint.show(&verifying)
            var signature = key.sign(Array("a statement".utf8))
            Taint.show(&signature)
            return verifying.isValid(signature, for: Array("a statement".utf8))
        }
        tally.planted("a key that is looked at byte by byte") { keys.withUnsafeBytes { Planted.weight($0) } > 0 }
    }

    private mutating func masks() {
        var source = Self.hidden(25)
        let seeds = SecretBytes(random: 96, from: &source)
        for generator in [KeystreamGenerator.chaCha20, .aes256CTR] where generator.isSupported() {
            tally.clean("masks on a vector, \(generator), \(generator.implementation())") {
                let layout = try LaneLayout(bits: 21)
                var vector = PackedVector(zeros: 5_000, layout: layout)
                vector.withLittleEndianBytes { Taint.hide($0) }
                for isBack in [false, true] {
                    var masks = MaskSchedule(generator, capacity: 3)
                    for index in 0..<3 {
                        seeds.withUnsafeBytes { seeds in
                            masks.append(
                                seed: UnsafeRawBufferPointer(rebasing: seeds[32 * index..<32 * index + 32]),
                                subtracted: (index == 1) != isBack)
                        }
                    }
                    vector.apply(masks, threads: 1)
                    if !isBack {
                        guard vector.withLittleEndianBytes({ Taint.isMostlyHidden($0) }) else { return false }
                    }
                }
                vector.withLittleEndianBytes { Taint.show($0) }
                return vector.words.allSatisfy { $0 == 0 }
            }
        }
        tally.clean("a sum of vectors") {
            let layout = try LaneLayout(bits: 21)
            var sum = PackedVector(zeros: 300, layout: layout)
            let term = PackedVector(zeros: 300, layout: layout)
            term.withLittleEndianBytes { Taint.hide($0) }
            try sum.add(term)
            guard sum.withLittleEndianBytes({ Taint.isMostlyHidden($0) }) else { return false }
            try sum.subtract(term)
            sum.withLittleEndianBytes { Taint.show($0) }
            return sum.words.allSatisfy { $0 == 0 }
        }
        tally.planted("a sum that traps on overflow") {
            let values = [Int64](repeating: 3, count: 64)
            values.withUnsafeBytes { Taint.hide($0) }
            return Planted.checkedSum(values) == 192
        }
    }

    private mutating func quantiser() throws {
        let layout = try LaneLayout(bits: 21)
        for rounding in [FixedPointCodec.Rounding.nearest, .stochastic] {
            tally.clean("quantising and packing, \(rounding)") {
                let codec = try FixedPointCodec(scale: 1_000, clip: 1, rounding: rounding)
                let values = (0..<999).map { Float($0 % 200 - 100) / 50 }
                var source = Self.hidden(26)
                values.withUnsafeBytes { Taint.hide($0) }
                var result = try codec.quantise(values, packedAs: layout, from: &source, threads: 1)
                Taint.show(&result.clipped)
                let isHidden = result.vector.withLittleEndianBytes { Taint.isMostlyHidden($0) }
                result.vector.withLittleEndianBytes { Taint.show($0) }
                return isHidden && result.clipped > 0 && result.vector.signedValues()[0] == -1_000
            }
        }
        tally.planted("clipping by a branch") {
            let values = (0..<64).map { Float($0 - 32) }
            values.withUnsafeBytes { Taint.hide($0) }
            return Planted.clipped(values, at: 8) == 47
        }
    }

    private mutating func records() {
        var source = Self.hidden(27)
        tally.clean("the secrets of an epoch, sealed and taken up") {
            var secrets = EpochSecrets(rounds: 2, dealers: 3)
            secrets.setExchangeSeed(SecretBytes(random: 32, from: &source))
            for round in 0..<2 {
                for kind in SecretKind.allCases { secrets.setScalar(SecretScalar(random: &source), kind, round: round) }
            }
            let shares = SecretBytes(random: 128, from: &source)
            for dealer in 0..<3 { shares.withUnsafeBytes { secrets.setShares($0, dealer: dealer) } }
            var state = SecretBytes(zeroed: secrets.snapshotBytes)
            state.withUnsafeMutableBytes { secrets.copy(into: $0) }
            guard let name = RecordName("check") else { return false }
            var nonces: any RandomSource = CheckSource(28, hides: false)
            let key = SealingKey(from: &source)
            let record = key.seal(state, name: name, generation: 1, nonceFrom: &nonces)
            record.sealed.withUnsafeBytes { Taint.show($0) }
            let opened = try key.open(record)
            var again = EpochSecrets(rounds: 2, dealers: 3)
            opened.withUnsafeBytes { again.restore(from: $0) }
            again.erase(through: 0)
            var share = again.revealShare(.pairwise, round: 1, dealer: 2)
            let isHidden = withUnsafeBytes(of: &share) { Taint.isMostlyHidden($0) }
            var isSame = opened.isEqual(to: state)
            Taint.show(&isSame)
            return isSame && isHidden
        }
        tally.planted("a comparison that stops at the first difference") {
            let left = SecretBytes(random: 64, from: &source)
            let right = SecretBytes(random: 64, from: &source)
            return left.withUnsafeBytes { left in right.withUnsafeBytes { Planted.firstDifference(left, $0) } } < 64
        }
    }
}

extension Planted {
    /// How many bits are set, counted by asking each one.
    @inline(never)
    static func weight(_ bytes: UnsafeRawBufferPointer) -> Int {
        var list: [UInt8] = []
        for byte in bytes where byte & 1 == 1 { list.append(byte) }
        return list.count
    }

    /// A sum with the language's own addition, whose overflow is a branch.
    @inline(never)
    static func checkedSum(_ values: [Int64]) -> Int64 {
        var sum: Int64 = 0
        for value in values { sum += value }
        return sum
    }

    /// How many values are beyond a bound, a list entry each.
    @inline(never)
    static func clipped(_ values: [Float], at bound: Float) -> Int {
        var list: [Float] = []
        for value in values where value > bound || value < -bound { list.append(value) }
        return list.count
    }

    /// Where two strings of bytes begin to differ.
    @inline(never)
    static func firstDifference(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        var place = 0
        while place < left.count, left[place] == right[place] { place += 1 }
        return place
    }
}

extension Taint {
    /// Whether nearly every byte has a hidden bit.
    static func isHidden(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return false }
        return 10 * memcheck_hidden(base, bytes.count) >= 9 * bytes.count
    }

    /// Whether most bytes have one: a last word has lanes that do not exist.
    static func isMostlyHidden(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return false }
        return 2 * memcheck_hidden(base, bytes.count) >= bytes.count
    }

    /// Publishes bytes.
    static func show(_ bytes: UnsafeRawBufferPointer) { memcheck_show(bytes.baseAddress, bytes.count) }
}

extension GroupElement {
    /// The point, published.
    func shown() -> GroupElement {
        var copy = self
        Taint.show(&copy)
        return copy
    }
}

extension KeyExchangePublicKey {
    /// The key, published.
    func shown() -> KeyExchangePublicKey {
        var copy = self
        Taint.show(&copy)
        return copy
    }
}
