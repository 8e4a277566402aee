internal import CKernels
internal import CSodium

/// That a key made a signature over exactly a message.
///
/// Source: mask-kernels section 9
package struct SignatureClaim: Sendable {
    /// Claims that are checked at once where the machine can.
    package static let groupSize = 8

    let key: VerifyingKey
    let signature: Signature
    let message: ArraySlice<UInt8>

    /// Names the key, the signature and what it is said to be over.
    package init(_ signature: Signature, by key: VerifyingKey, over message: ArraySlice<UInt8>) {
        self.key = key
        self.signature = signature
        self.message = message
    }

    /// Whether it is so.
    var isTrue: Bool { key.isValid(signature, for: message) }

    /// The position of the first claim that is false, nil when all are true.
    ///
    /// Each claim is checked by itself, so that a false one never hides behind others.  A group's kernel only ever says yes:
    /// whatever it does not confirm is decided by libsodium, as every claim is on a machine without multiply-adds of 52 bits.
    /// Variable time: everything here is public.
    ///
    /// - Complexity: a group of eight costs about 1.6 verifications where the machine can, else one each.
    package static func firstFalse(among claims: [SignatureClaim], on path: KernelPath = .automatic) -> Int? {
        for start in stride(from: 0, to: claims.count, by: groupSize) {
            let group = claims[start..<min(start + groupSize, claims.count)]
            let confirmed = confirmed(group: group, on: path)
            if let index = group.indices.first(where: { !confirmed[$0 - start] && !claims[$0].isTrue }) { return index }
        }
        return nil
    }

    /// Which claims the kernel confirms; of the others nothing is known.
    package static func confirmed(_ claims: [SignatureClaim], on path: KernelPath = .automatic) -> [Bool] {
        stride(from: 0, to: claims.count, by: groupSize).flatMap { start in
            confirmed(group: claims[start..<min(start + groupSize, claims.count)], on: path)
        }
    }

    /// Which claims of a group the kernel confirms; none of a single one, which libsodium decides faster.
    private static func confirmed(group: ArraySlice<SignatureClaim>, on path: KernelPath) -> [Bool] {
        var verdicts = [UInt8](repeating: 0, count: group.count)
        guard group.count > 1, unsafe ck_ed25519_confirm(&verdicts, nil, 0, path.rawValue) == 0 else {
            return verdicts.map { _ in false }
        }
        Sodium.require()
        unsafe withUnsafeTemporaryAllocation(of: ck_ed25519_claim.self, capacity: group.count) { claims in
            for (index, claim) in group.enumerated() { unsafe claims[index] = claim.reduced }
            // Where another thread has forced a lower path meanwhile, nothing is confirmed.
            let code = unsafe ck_ed25519_confirm(&verdicts, claims.baseAddress, claims.count, path.rawValue)
            assert(code == 0 || verdicts.allSatisfy { $0 == 0 }, "a kernel that cannot run writes nothing")
        }
        return verdicts.map { $0 == 1 }
    }

    /// With the hash of R, key and message, a number modulo the group order, in place of the message.
    ///
    /// Source: mask-kernels section 9
    private var reduced: ck_ed25519_claim {
        var claim = ck_ed25519_claim()
        unsafe Swift.withUnsafeMutableBytes(of: &claim) { fields in
            let target = unsafe fields.bytePointer
            unsafe key.value.withBytePointer { unsafe target.update(from: $0, count: 32) }
            unsafe signature.withUnsafeBytes { unsafe (target + 32).update(from: $0.bytePointer, count: 64) }
            var state = crypto_hash_sha512_state()
            unsafe withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { wide in
                unsafe crypto_hash_sha512_init(&state)
                unsafe crypto_hash_sha512_update(&state, target + 32, 32)
                unsafe crypto_hash_sha512_update(&state, target, 32)
                _ = unsafe message.withUnsafeBytes { message in
                    unsafe crypto_hash_sha512_update(&state, message.optionalBytePointer, UInt64(message.count))
                }
                unsafe crypto_hash_sha512_final(&state, wide.bytePointer)
                unsafe crypto_core_ed25519_scalar_reduce(target + 96, wide.bytePointer)
            }
        }
        return claim
    }
}
