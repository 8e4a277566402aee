@testable import CryptoPrimitives
@testable import DurableState
@testable import PaillierAggregation
@testable import RingVectors

/// The masking protocol's operations on the clock, on the fastest path: secrets of few bits from random ones.
extension TimingRun {
    mutating func masking() throws {
        scalars()
        try boxes()
        try vectors()
        try quantisers()
        comparisons()
    }

    /// Fills bytes at random, or leaves zeros after the same work.
    private static func fill(_ bytes: UnsafeMutableRawBufferPointer, isSparse: Bool, _ source: inout CheckSource) {
        let mask: UInt64 = isSparse ? 0 : .max
        for start in stride(from: 0, to: bytes.count, by: 8) {
            bytes.storeBytes(of: source.word() & mask, toByteOffset: start, as: UInt64.self)
        }
    }

    private final class Scalar: Sendable {
        let scalar: SecretScalar
        init(_ scalar: consuming SecretScalar) { self.scalar = scalar }
    }

    /// Scalars of three bits against random ones.
    private mutating func scalars() {
        var inputs = source
        var random: any RandomSource = CheckSource(31, hides: false)
        let peer = SecretScalar(random: &random).publicElement()
        var bytes = SecretBytes(zeroed: 32)
        var current: Scalar?
        var out = SecretBytes(zeroed: 32)
        var failed = false
        func draw(_ isFirst: Bool) {
            bytes.withUnsafeMutableBytes { bytes in
                Self.fill(bytes, isSparse: isFirst, &inputs)
                bytes[0] |= 7
                bytes[31] &= 15
            }
            current = bytes.withUnsafeBytes { try? Scalar(SecretScalar(canonical: $0)) }
        }
        compare("scalars of a shared secret", samples: samples, prepare: draw) {
            guard let current else { return failed = true }
            out.withUnsafeMutableBytes { out in
                failed = (try? current.scalar.writeSharedSecret(with: peer, into: out)) == nil || failed
            }
        }
        compare("scalars of a public element", samples: samples, prepare: draw) {
            failed = current?.scalar.publicElement() == nil || failed
        }
        compare("a scalar's bits in branches", samples: 200, planted: true, prepare: draw) {
            for _ in 0..<8 { failed = (current?.scalar.withUnsafeBytes { Planted.weight($0) } ?? 0) == 0 || failed }
        }
        var shares = SecretSlab(slotCount: 3, slotBytes: Shamir.shareBytes)
        let weights = try? Shamir.Weights(holders: [0, 1, 2])
        func deal(_ isFirst: Bool) {
            draw(isFirst)
            guard let current else { return failed = true }
            _ = Shamir.deal(
                current.scalar, threshold: 1, holders: [0, 1, 2], into: &shares, firstSlot: 0, slotStride: 1,
                from: &random)
        }
        // with threshold 1 all shares are the secret itself: what is combined is sparse or random
        compare("shares of a secret", samples: samples, prepare: deal) {
            guard let weights else { return failed = true }
            if (try? Shamir.combine(shares, weights: weights)) == nil { failed = true }
        }
        precondition(!failed, "a scalar failed")
    }

    /// Keys and contents of zeros against random ones.
    private mutating func boxes() throws {
        var inputs = source
        var nonces: any RandomSource = CheckSource(32, hides: false)
        var key = SecretBytes(zeroed: 32)
        var content = SecretBytes(zeroed: 160)
        var box: [UInt8] = []
        var failed = false
        func draw(_ isFirst: Bool) {
            key.withUnsafeMutableBytes { Self.fill($0, isSparse: isFirst, &inputs) }
            content.withUnsafeMutableBytes { Self.fill($0, isSparse: isFirst, &inputs) }
            box = key.withUnsafeBytes { key in
                content.withUnsafeBytes {
                    XChaCha20Poly1305.seal($0, associatedData: [1, 2, 3], key: key, nonceFrom: &nonces)
                }
            }
        }
        compare("a sealed box, made", samples: samples, prepare: draw) {
            let made = key.withUnsafeBytes { key in
                content.withUnsafeBytes {
                    XChaCha20Poly1305.seal($0, associatedData: [1, 2, 3], key: key, nonceFrom: &nonces)
                }
            }
            failed = made.count != box.count || failed
        }
        compare("a sealed box, opened", samples: samples, prepare: draw) {
            let opened = key.withUnsafeBytes { key in
                (try? XChaCha20Poly1305.open(box[...], associatedData: [1, 2, 3], key: key)) != nil
            }
            failed = !opened || failed
        }
        var seed = SecretBytes(zeroed: 32)
        let statement = [UInt8](repeating: 7, count: 100)
        compare("the seed of a signature", samples: samples) { isFirst in
            seed.withUnsafeMutableBytes { Self.fill($0, isSparse: isFirst, &inputs) }
        } run: {
            _ = SigningKey(seed: seed).sign(statement)
        }
        precondition(!failed, "a box failed")
    }

    /// Seeds and words of zeros against random ones.
    private mutating func vectors() throws {
        var inputs = source
        let layout = try LaneLayout(bits: 21)
        var seeds = SecretBytes(zeroed: 96)
        var vector = PackedVector(zeros: 5_000, layout: layout)
        func draw(_ isFirst: Bool) {
            seeds.withUnsafeMutableBytes { Self.fill($0, isSparse: isFirst, &inputs) }
        }
        for generator in [KeystreamGenerator.chaCha20, .aes256CTR] where generator.isSupported() {
            compare("seeds of masks, \(generator), \(generator.implementation())", samples: samples, prepare: draw) {
                var masks = MaskSchedule(generator, capacity: 3)
                for index in 0..<3 {
                    seeds.withUnsafeBytes { seeds in
                        masks.append(
                            seed: UnsafeRawBufferPointer(rebasing: seeds[32 * index..<32 * index + 32]),
                            subtracted: index == 1)
                    }
                }
                vector.apply(masks, threads: 1)
            }
        }
        var sum = PackedVector(zeros: 5_000, layout: layout)
        var term = PackedVector(zeros: 5_000, layout: layout)
        var failed = false
        func fill(_ isFirst: Bool) {
            term = PackedVector(zeros: 5_000, layout: layout)
            var masks = MaskSchedule(.chaCha20, capacity: 2)
            draw(false)
            // zeros come from a mask that is taken off again: the same work for both
            seeds.withUnsafeBytes { seeds in
                let (own, other) = (seeds[0..<32], seeds[isFirst ? 0..<32 : 32..<64])
                masks.append(seed: UnsafeRawBufferPointer(rebasing: own), subtracted: false)
                masks.append(seed: UnsafeRawBufferPointer(rebasing: other), subtracted: true)
            }
            term.apply(masks, threads: 1)
        }
        compare("words of a sum", samples: samples, prepare: fill) {
            failed = (try? sum.add(term)) == nil || failed
            failed = (try? sum.subtract(term)) == nil || failed
        }
        precondition(!failed && sum.words.allSatisfy { $0 == 0 }, "a sum failed")
    }

    /// Values of zero against random ones of which half are clipped.
    private mutating func quantisers() throws {
        var inputs = source
        var random: any RandomSource = CheckSource(33, hides: false)
        let layout = try LaneLayout(bits: 21)
        var values = [Float](repeating: 0, count: 5_000)
        func draw(_ isFirst: Bool) {
            let scale: Float = isFirst ? 0 : 0x1p-62
            for index in values.indices { values[index] = Float(Int64(bitPattern: inputs.word())) * scale }
        }
        var failed = false
        for rounding in [FixedPointCodec.Rounding.nearest, .stochastic] {
            let codec = try FixedPointCodec(scale: 1_000, clip: 1, rounding: rounding)
            compare("values of the quantiser, \(rounding)", samples: samples, prepare: draw) {
                let packed = try? codec.quantise(values, packedAs: layout, from: &random, threads: 1)
                failed = packed == nil || failed
            }
        }
        compare("clipping by a branch", samples: 200, planted: true, prepare: draw) {
            failed = Planted.clipped(values, at: 1) < 0 || failed
        }
        precondition(!failed, "a value was refused")
    }

    /// Equal strings against strings that differ from the first byte on.
    private mutating func comparisons() {
        var inputs = source
        var left = SecretBytes(zeroed: 4096)
        var right = SecretBytes(zeroed: 4096)
        var equal = 0
        func draw(_ isFirst: Bool) {
            left.withUnsafeMutableBytes { Self.fill($0, isSparse: false, &inputs) }
            right.withUnsafeMutableBytes { right in
                Self.fill(right, isSparse: false, &inputs)
                left.withUnsafeBytes { left in
                    let step = isFirst ? 0 : UInt64.max
                    for place in stride(from: 0, to: 4096, by: 8) {
                        let (a, b) = (
                            left.load(fromByteOffset: place, as: UInt64.self),
                            right.load(fromByteOffset: place, as: UInt64.self)
                        )
                        right.storeBytes(of: a & ~step | b & step, toByteOffset: place, as: UInt64.self)
                    }
                }
            }
        }
        compare("a comparison", samples: samples, prepare: draw) { if left.isEqual(to: right) { equal += 1 } }
        precondition(equal > 0, "nothing was equal")
        compare("a comparison that stops at the first difference", samples: 200, planted: true, prepare: draw) {
            equal += left.withUnsafeBytes { left in right.withUnsafeBytes { Planted.firstDifference(left, $0) } }
        }
    }
}
