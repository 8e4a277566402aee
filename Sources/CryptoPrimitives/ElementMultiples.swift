internal import CKernels

/// Products of one element by many secret scalars: what a member shares with each of many neighbours.
///
/// A table of the element's multiples is made once, so that a product costs a quarter of one by libsodium, a tenth
/// where eight are made at once; the bytes are the same.
///
/// Source: mask-kernels section 8
package struct ElementMultiples: ~Copyable {
    /// Scalars from which on the table pays.
    static let least = 4

    private var scratch: SecretSlab
    private var scalars: SecretSlab
    private var products: SecretSlab
    private var count = 0
    /// Scalars that fit in.
    package let capacity: Int

    /// Bytes of guarded memory that room for so many scalars takes.
    package static func secretBytes(capacity: Int) -> Int {
        max(8, ck_ristretto_scratch_bytes()) + capacity * (ScalarField.byteCount + Bytes32.byteCount)
    }

    /// Room for so many scalars, at least one.
    package init(capacity: Int) {
        precondition(capacity >= 1, "there is a scalar")
        self.capacity = capacity
        scratch = SecretSlab(slotCount: 1, slotBytes: max(8, ck_ristretto_scratch_bytes()))
        scalars = SecretSlab(slotCount: capacity, slotBytes: ScalarField.byteCount)
        products = SecretSlab(slotCount: capacity, slotBytes: Bytes32.byteCount)
    }

    /// Takes one more scalar, canonical and not zero, 32 bytes.
    package mutating func append(_ scalar: UnsafeRawBufferPointer) {
        precondition(count < capacity, "there is room for so many scalars")
        unsafe scalars.withMutableSlot(count) { unsafe $0.copyMemory(from: scalar) }
        count += 1
    }

    /// Multiplies the element by every scalar and starts anew; `body` gets the index and the 32 bytes of each product.
    ///
    /// - Throws: `invalidPoint`, which a checked element never gives, `nonCanonicalScalar`.
    /// - Complexity: some 400 group operations, and 70 a scalar.
    package mutating func multiply(
        _ element: GroupElement, _ body: (Int, UnsafeRawBufferPointer) -> Void
    ) throws(CryptoFailure) {
        defer { count = 0 }
        if count < Self.least || !multiplyByTable(element) { try multiplyOneByOne(element) }
        for index in 0..<count { unsafe products.withSlot(index) { unsafe body(index, $0) } }
    }

    /// By the kernel; false where it does not run, or does not take the encoding or a scalar.
    private mutating func multiplyByTable(_ element: GroupElement) -> Bool {
        guard ck_ristretto_scratch_bytes() > 0 else { return false }
        let count = count
        return unsafe element.value.withBytePointer { element in
            unsafe scalars.withAllBytes { scalars in
                unsafe products.withAllMutableBytes { products in
                    unsafe scratch.withAllMutableBytes { scratch in
                        unsafe ck_ristretto_multiples(
                            products.bytePointer, element, scalars.bytePointer, count, scratch.baseAddress,
                            KernelPath.automatic.rawValue) == 0
                    }
                }
            }
        }
    }

    /// The slow way, which is libsodium's.
    private mutating func multiplyOneByOne(_ element: GroupElement) throws(CryptoFailure) {
        for index in 0..<count {
            let scalar = try unsafe scalars.withSlot(index) { (bytes) throws(CryptoFailure) -> SecretScalar in
                try unsafe SecretScalar(canonical: bytes)
            }
            try unsafe products.withMutableSlot(index) { (product) throws(CryptoFailure) in
                try unsafe scalar.writeSharedSecret(with: element, into: product)
            }
        }
    }
}
