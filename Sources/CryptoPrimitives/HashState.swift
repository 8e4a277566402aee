internal import CSodium

/// Owner of one BLAKE2b state: 64-byte aligned heap memory, wiped when the last reference goes.
@safe
final class HashState {
    private let memory: UnsafeMutableRawPointer
    private let byteCount: Int

    /// A state ready to absorb: unkeyed when `key` is empty, for `outputBytes` bytes of output.
    init(_ personal: Personalisation, key: UnsafeRawBufferPointer, outputBytes: Int) {
        Sodium.require()
        byteCount = crypto_generichash_blake2b_statebytes()
        unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
        let code = unsafe personal.withBytePointer { personal in
            unsafe crypto_generichash_blake2b_init_salt_personal(
                OpaquePointer(memory), key.optionalBytePointer, key.count, outputBytes, nil, personal)
        }
        precondition(code == 0, "BLAKE2b refused its parameters")
    }

    deinit {
        unsafe sodium_memzero(memory, byteCount)
        unsafe memory.deallocate()
    }

    /// Absorbs `bytes`.
    func update(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count > 0 else { return }
        let code = unsafe crypto_generichash_blake2b_update(
            OpaquePointer(memory), bytes.bytePointer, UInt64(bytes.count))
        precondition(code == 0, "BLAKE2b refused its input")
    }

    /// Writes `count` bytes of output; the state is spent.
    func finalize(_ output: UnsafeMutablePointer<UInt8>, count: Int) {
        let code = unsafe crypto_generichash_blake2b_final(OpaquePointer(memory), output, count)
        precondition(code == 0, "BLAKE2b refused its output")
    }
}
