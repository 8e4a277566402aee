import CryptoPrimitives
import Synchronization
import Testing

/// Every container form of a secret gives its memory back, counted in a process of its own.
@Suite struct SecretLifetimePropertyTests {
    @Test func plain() async {
        await #expect(processExitsWith: .success) {
            do {
                let bytes = secret(pattern(32))
                let slab = SecretSlab(slotCount: 4, slotBytes: 32)
                var source = seeded(1)
                let signing = SigningKey(from: &source)
                let exchange = KeyExchangeKey(from: &source)
                let scalar = SecretScalar(random: &source)
                precondition(liveSecretCount == 5)
                keep(bytes)
                precondition(slab.slotCount == 4)
                precondition(signing.sign([1]).bytes.count == 64)
                precondition(exchange.publicKey.value != scalar.publicElement().value)
            }
            precondition(liveSecretCount == 0)
        }
    }

    @Test func optional() async {
        await #expect(processExitsWith: .success) {
            var bytes: SecretBytes? = secret(pattern(32))
            var slab: SecretSlab? = SecretSlab(slotCount: 2, slotBytes: 8)
            var source = seeded(1)
            var key: SigningKey? = SigningKey(from: &source)
            precondition(liveSecretCount == 3)
            bytes = nil
            precondition(liveSecretCount == 2)
            slab = nil
            precondition(liveSecretCount == 1)
            key = nil
            precondition(liveSecretCount == 0)
            bytes = secret(pattern(3))
            bytes = secret(pattern(4))
            precondition(liveSecretCount == 1)
            if let taken = bytes.take() { keep(taken) }
            precondition(liveSecretCount == 0)
            precondition(bytes == nil && slab == nil && key == nil)
        }
    }

    @Test func classBox() async {
        await #expect(processExitsWith: .success) {
            var box: Box? = Box()
            precondition(liveSecretCount == 3)
            precondition(box?.count == 32)
            box = nil
            precondition(liveSecretCount == 0)
        }
    }

    @Test func enumPayloadAndMutex() async {
        await #expect(processExitsWith: .success) {
            do {
                let held = Held.secret(secret(pattern(9)), 3)
                precondition(liveSecretCount == 1)
                switch consume held {
                case .secret(let bytes, _): keep(bytes)
                case .nothing: preconditionFailure()
                }
                precondition(liveSecretCount == 0)
                let guarded = Mutex<SecretBytes?>(secret(pattern(9)))
                precondition(liveSecretCount == 1)
                guarded.withLock { $0 = nil }
                precondition(liveSecretCount == 0)
                guarded.withLock { $0 = secret(pattern(1)) }
                precondition(liveSecretCount == 1)
            }
            precondition(liveSecretCount == 0)
        }
    }

    @Test func thrownThrough() async {
        await #expect(processExitsWith: .success) {
            for _ in 0..<3 {
                do throws(CryptoFailure) {
                    try consumeAndThrow(secret(pattern(32)))
                } catch {
                    precondition(error == .weakKey)
                }
                precondition(liveSecretCount == 0)
                do throws(CryptoFailure) {
                    let own = secret(pattern(32))
                    try own.withUnsafeBytes { (bytes) throws(CryptoFailure) in
                        precondition(liveSecretCount == 1 && bytes.count == 32)
                        throw CryptoFailure.weakKey
                    }
                } catch {}
                precondition(liveSecretCount == 0)
                // An opening that fails gives its half-made plaintext back.
                _ = try? withBytes(pattern(60)) { (box) throws(CryptoFailure) in
                    try XChaCha20Poly1305.open(
                        box, associatedData: [], key: UnsafeRawBufferPointer(rebasing: box[..<32])
                    ).count
                }
                precondition(liveSecretCount == 0)
            }
        }
    }

    @Test func closureCapture() async {
        await #expect(processExitsWith: .success) {
            do {
                let bytes = secret(pattern(32))
                let closure = { bytes.count }
                precondition(closure() == 32 && liveSecretCount == 1)
                precondition(escape(closure)() == 32)
            }
            precondition(liveSecretCount == 0)
        }
    }

    @Test func hashingAndSharingLeaveNothingBehind() async {
        await #expect(processExitsWith: .success) {
            do {
                var source = seeded(5)
                let secret = SecretScalar(random: &source)
                var shares = SecretSlab(slotCount: 20, slotBytes: 32)
                _ = Shamir.deal(
                    secret, threshold: 11, holders: (0..<20).map { UInt32($0) }, into: &shares, firstSlot: 0,
                    slotStride: 1, from: &source)
                precondition(liveSecretCount == 2)
                let mask = SecretBytes(zeroed: 32)
                precondition(mask.count == 32)
                guard let weights = try? Shamir.Weights(holders: (0..<20).map { UInt32($0) }),
                    let recovered = try? Shamir.combine(shares, weights: weights)
                else { preconditionFailure() }
                precondition(reveal(recovered) == reveal(secret))
            }
            precondition(liveSecretCount == 0)
        }
    }
}

private final class Box {
    private let bytes = secret(pattern(32))
    private let slab: SecretSlab? = SecretSlab(slotCount: 1, slotBytes: 1)
    private let scalar: SecretScalar

    init() {
        var source = seeded(2)
        scalar = SecretScalar(random: &source)
    }

    var count: Int { bytes.count }
}

private enum Held: ~Copyable {
    case secret(SecretBytes, Int)
    case nothing
}

@inline(never)
private func keep(_ bytes: borrowing SecretBytes) {
    precondition(liveSecretCount >= 1 && bytes.count >= 0)
}

@inline(never)
private func consumeAndThrow(_ bytes: consuming SecretBytes) throws(CryptoFailure) {
    let inner = bytes
    precondition(liveSecretCount == 1)
    if inner.count == 32 { throw .weakKey }
}

@inline(never)
private func escape(_ body: @escaping () -> Int) -> () -> Int {
    { body() }
}
