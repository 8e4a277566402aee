internal import CKernels
internal import CSodium

extension Shamir {
    /// Shares `secret` so that any `threshold` of `holders` can recover it, and commits to the polynomial.
    ///
    /// Draws `threshold - 1` coefficients, each 64 bytes of `source` reduced modulo L, in order of degree 1, 2, ...;
    /// a zero is redrawn. The share of `holders[k]` goes to slot `firstSlot + k * slotStride` of `shares`, whose slots
    /// have 32 bytes. A threshold below one, a stride below one and a slot outside the slab are the caller's errors.
    ///
    /// - Returns: the commitments C_0 ... C_(threshold-1) to the coefficients; C_0 is the secret's public element.
    /// - Complexity: `threshold` fixed-base multiplications, `threshold * holders.count` scalar multiplications, and
    ///   one guarded allocation.
    ///
    /// Source: shamir section 2; feldman, commitments to the coefficients
    public static func deal(
        _ secret: borrowing SecretScalar, threshold: Int, holders: [UInt32], into shares: inout SecretSlab,
        firstSlot: Int, slotStride: Int, from source: inout any RandomSource
    ) -> [GroupElement] {
        precondition(threshold >= 1, "a threshold is at least one")
        precondition(slotStride >= 1, "a slot stride is at least one")
        precondition(shares.slotBytes == shareBytes, "a share has 32 bytes")
        // Slot j holds the coefficient of degree j; the slot behind them is scratch for Horner's rule.
        var coefficients = SecretSlab(slotCount: threshold + 1, slotBytes: shareBytes)
        unsafe secret.withUnsafeBytes { secret in
            unsafe coefficients.withMutableSlot(0) { unsafe $0.copyMemory(from: secret) }
        }
        for degree in 1..<threshold {
            unsafe coefficients.withMutableSlot(degree) { unsafe ScalarField.drawNonZero(into: $0, from: &source) }
        }
        let commitments = (0..<threshold).map { degree in
            unsafe coefficients.withSlot(degree) { unsafe commitment(to: $0) }
        }
        unsafe coefficients.withAllMutableBytes { memory in
            let scratch = unsafe memory.bytePointer + threshold * shareBytes
            for (position, holder) in holders.enumerated() {
                unsafe shares.withMutableSlot(firstSlot + position * slotStride) { share in
                    unsafe evaluate(memory.bytePointer, threshold, at: point(of: holder), scratch, share.bytePointer)
                }
            }
        }
        return commitments
    }

    /// Whether `share` (32 bytes) is what a dealer with these commitments owes to `holder`.
    ///
    /// False for a share that is not canonical and for no commitments. The share is used in constant time; the verdict
    /// is public.
    ///
    /// - Complexity: one fixed-base multiplication; for each commitment a square root, and doublings and additions by the bits of
    ///   `holder`.
    ///
    /// Source: feldman, commitments to the coefficients
    public static func isConsistent(
        share: UnsafeRawBufferPointer, holder: UInt32, commitments: [GroupElement]
    ) -> Bool {
        Sodium.require()
        guard unsafe isCanonical(share), let expected = value(of: commitments, at: point(of: holder)) else {
            return false
        }
        // A zero share gives the identity: libsodium writes its encoding, 32 zero bytes, and returns -1.
        let actual = unsafe Bytes32(filling: { output in
            unsafe _ = crypto_scalarmult_ristretto255_base(output, share.bytePointer)
        })
        return unsafe actual.withUnsafeBytes { actual in
            unsafe expected.withUnsafeBytes { expected in
                unsafe Sodium.isEqual(actual.bytePointer, expected.bytePointer, count: Bytes32.byteCount)
            }
        }
    }

    /// The commitment to a coefficient other than zero.
    private static func commitment(to coefficient: UnsafeRawBufferPointer) -> GroupElement {
        unsafe GroupElement(
            computed: Bytes32(filling: { output in
                let code = unsafe secagg_verdict(
                    crypto_scalarmult_ristretto255_base(output, coefficient.bytePointer))
                precondition(code == 0, "a coefficient other than zero has a commitment")
            }))
    }

    /// Horner's rule on `count` coefficients at the public point `x`; `scratch` and `result` have 32 bytes each.
    private static func evaluate(
        _ coefficients: UnsafePointer<UInt8>, _ count: Int, at x: UInt64, _ scratch: UnsafeMutablePointer<UInt8>,
        _ result: UnsafeMutablePointer<UInt8>
    ) {
        unsafe ScalarField.write(x, into: scratch)
        unsafe result.update(from: coefficients + (count - 1) * shareBytes, count: shareBytes)
        for degree in (0..<(count - 1)).reversed() {
            unsafe crypto_core_ristretto255_scalar_mul(result, result, scratch)
            unsafe crypto_core_ristretto255_scalar_add(result, result, coefficients + degree * shareBytes)
        }
    }

    /// The polynomial with these coefficients at a small number other than zero, the identity allowed; nil for no coefficients.
    ///
    /// Source: feldman, the right side
    static func value(of coefficients: [GroupElement], at x: UInt64) -> Bytes32? {
        var code: Int32 = 0
        let value = unsafe Bytes32(filling: { output in
            unsafe coefficients.withUnsafeBytes { bytes in
                guard let first = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else {
                    return code = -1
                }
                code = unsafe ck_ristretto_evaluate(output, first, coefficients.count, x)
            }
        })
        return code == -2 ? slowValue(of: coefficients, at: x) : code == 0 ? value : nil
    }

    /// The same by libsodium, step by step.
    static func slowValue(of coefficients: [GroupElement], at x: UInt64) -> Bytes32? {
        guard var value = coefficients.last?.value else { return nil }
        for coefficient in coefficients.dropLast().reversed() {
            guard let product = multiply(value, by: x), let sum = add(product, coefficient.value) else { return nil }
            value = sum
        }
        return value
    }

    /// A public element, the identity allowed, times a small public number other than zero; nil when it is not valid.
    private static func multiply(_ element: Bytes32, by x: UInt64) -> Bytes32? {
        // The order is prime and above 2^64, so that the product is the identity exactly when the element is; libsodium
        // would report that as an error.
        guard !element.isZero, x != 1 else { return element }
        var isValid = false
        let product = unsafe Bytes32(filling: { output in
            unsafe element.withBytePointer { element in
                unsafe withUnsafeTemporaryAllocation(byteCount: ScalarField.byteCount, alignment: 8) { scalar in
                    unsafe ScalarField.write(x, into: scalar.bytePointer)
                    isValid = unsafe crypto_scalarmult_ristretto255(output, scalar.bytePointer, element) == 0
                }
            }
        })
        return isValid ? product : nil
    }

    /// The sum of two public elements, the identity allowed; nil when one is not valid.
    private static func add(_ left: Bytes32, _ right: Bytes32) -> Bytes32? {
        var isValid = false
        let sum = unsafe Bytes32(filling: { output in
            unsafe left.withBytePointer { left in
                unsafe right.withBytePointer { right in
                    isValid = unsafe crypto_core_ristretto255_add(output, left, right) == 0
                }
            }
        })
        return isValid ? sum : nil
    }
}
