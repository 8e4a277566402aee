internal import CSodium

/// Many secret scalars compared with the public elements that they should have.
///
/// Source: mask-kernels section 8
package enum PublicElements {
    /// The encoding of the group's generator.
    private static let generator = unsafe Bytes32(filling: { output in
        unsafe withUnsafeTemporaryAllocation(byteCount: ScalarField.byteCount, alignment: 8) { one in
            unsafe ScalarField.write(1, into: one.bytePointer)
            let code = unsafe crypto_scalarmult_ristretto255_base(output, one.bytePointer)
            precondition(code == 0, "one times the generator is an element")
        }
    })

    /// The slots, of those listed with an element each, whose scalar has another element; in the order of the list.
    ///
    /// Listed slots of `scalars` hold 32 bytes each, canonical and not zero. Constant time in the scalars; the verdicts are public.
    ///
    /// - Throws: `nonCanonicalScalar`, which such scalars never give.
    /// - Complexity: one table of the generator, and 70 group operations a scalar.
    package static func differing(
        _ scalars: borrowing SecretSlab, from expected: [(slot: Int, element: GroupElement)]
    ) throws(CryptoFailure) -> [Int] {
        guard !expected.isEmpty else { return [] }
        Sodium.require()
        let generator = try GroupElement(generator)
        var multiples = ElementMultiples(capacity: min(expected.count, 512))
        var differing: [Int] = []
        for first in stride(from: 0, to: expected.count, by: multiples.capacity) {
            let part = expected[first..<min(first + multiples.capacity, expected.count)]
            for entry in part { unsafe scalars.withSlot(entry.slot) { unsafe multiples.append($0) } }
            try unsafe multiples.multiply(generator) { index, product in
                let (slot, element) = part[first + index]
                let code = unsafe element.value.withBytePointer { element in
                    unsafe secagg_verdict(sodium_memcmp(element, product.bytePointer, Bytes32.byteCount))
                }
                if code != 0 { differing.append(slot) }
            }
        }
        return differing
    }
}
