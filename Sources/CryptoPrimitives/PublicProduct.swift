internal import CSodium

/// A product modulo L of small public numbers: gathered in a machine word as long as it fits, folded in when it does not.
///
/// Source: rfc9496 section 4.4
struct PublicProduct {
    private var folded: Bytes32?
    private var pending: UInt64 = 1
    private var isNegative = false

    /// Multiplies by `factor`, or by minus `factor`.
    mutating func multiply(by factor: UInt64, isNegative: Bool) {
        self.isNegative = self.isNegative != isNegative
        let (product, overflow) = pending.multipliedReportingOverflow(by: factor)
        if overflow {
            fold()
            pending = factor
        } else {
            pending = product
        }
    }

    /// The product as a little-endian scalar.
    mutating func value() -> Bytes32 {
        fold()
        pending = 1
        let magnitude = folded ?? Self.scalar(pending)
        guard isNegative else { return magnitude }
        return unsafe Bytes32(filling: { output in
            unsafe magnitude.withBytePointer { unsafe crypto_core_ristretto255_scalar_negate(output, $0) }
        })
    }

    private mutating func fold() {
        let factor = Self.scalar(pending)
        folded = folded.map { Self.product($0, factor) } ?? factor
    }

    private static func scalar(_ value: UInt64) -> Bytes32 {
        unsafe Bytes32(filling: { unsafe ScalarField.write(value, into: $0) })
    }

    /// The product of two public scalars.
    static func product(_ left: Bytes32, _ right: Bytes32) -> Bytes32 {
        unsafe Bytes32(filling: { output in
            unsafe left.withBytePointer { left in
                unsafe right.withBytePointer { right in
                    unsafe crypto_core_ristretto255_scalar_mul(output, left, right)
                }
            }
        })
    }

    /// The inverses of public scalars other than zero, with a single inversion: running products forward, then back.
    static func inverses(of scalars: [Bytes32]) -> [Bytes32] {
        guard var running = scalars.first else { return [] }
        var before: [Bytes32] = [scalar(1)]
        for scalar in scalars.dropFirst() {
            before.append(running)
            running = product(running, scalar)
        }
        var inverse = unsafe Bytes32(filling: { output in
            let code = unsafe running.withBytePointer { unsafe crypto_core_ristretto255_scalar_invert(output, $0) }
            precondition(code == 0, "zero has no inverse")
        })
        var results = scalars
        for index in scalars.indices.reversed() {
            results[index] = product(inverse, before[index])
            inverse = product(inverse, scalars[index])
        }
        return results
    }
}
