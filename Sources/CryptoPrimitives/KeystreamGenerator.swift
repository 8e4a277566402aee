internal import CKernels
internal import CSodium

/// What expands a 32-byte seed into a mask: seekable at every 64-byte block.
///
/// Source: mask-kernels section 1
public enum KeystreamGenerator: Int32, Sendable, CaseIterable {
    /// ChaCha20 (RFC 8439), zero nonce, block counter from 0: runs everywhere.
    case chaCha20 = 1
    /// AES-256 in counter mode as GCM encrypts (zero nonce, big-endian counter from 2): runs by instructions or not at all.
    case aes256CTR = 2

    /// Whether this machine runs it on a path.
    public func isSupported(on path: KernelPath = .automatic) -> Bool {
        ck_generator_runs(rawValue, path.rawValue) != 0
    }

    /// What it computes with on a path: "libsodium", "portable", "avx2", "avx512", "aes-ni", "vaes256", "vaes512" or "none".
    public func implementation(on path: KernelPath = .automatic) -> String {
        if isLibsodium(on: path) { return "libsodium" }
        return unsafe String(cString: ck_generator_path_name(rawValue, path.rawValue))
    }

    /// Overwrites `buffer` with the keystream of the 32-byte `key` from byte `blockIndex * 64` on.
    ///
    /// A generator that this machine cannot run, or reading past 2^36 - 32 bytes of AES or 2^38 of ChaCha20, is the caller's
    /// error.
    ///
    /// - Complexity: allocates nothing; section 5 of the page has the rates.
    public func keystream(
        into buffer: UnsafeMutableRawBufferPointer, key: UnsafeRawBufferPointer, blockIndex: UInt32,
        on path: KernelPath = .automatic
    ) {
        precondition(key.count == 32, "a mask's key has 32 bytes")
        precondition(UInt64(blockIndex) * 64 + UInt64(buffer.count) <= streamBytes, "the keystream ends there")
        guard buffer.count > 0 else { return }
        if isLibsodium(on: path) {
            unsafe KeystreamGenerator.libsodium(buffer.bytePointer, buffer.count, key.bytePointer, blockIndex)
            return
        }
        let code = unsafe ck_keystream(
            rawValue, buffer.bytePointer, buffer.count, UInt64(blockIndex), key.bytePointer, path.rawValue)
        precondition(code == 0, "this machine cannot run the generator")
    }

    /// The length of one key's stream.
    public var streamBytes: UInt64 { self == .chaCha20 ? 1 << 38 : 1 << 36 - 32 }

    /// libsodium's ChaCha20 takes the portable path on x86: it is twice as fast there as C without intrinsics.
    func isLibsodium(on path: KernelPath) -> Bool {
        #if arch(x86_64)
            self == .chaCha20 && ck_lanes_path(path.rawValue) == KernelPath.portable.rawValue
        #else
            false
        #endif
    }

    /// ChaCha20's keystream by libsodium, for measurements and tests.
    package static func libsodiumKeystream(into buffer: UnsafeMutableRawBufferPointer, key: UnsafeRawBufferPointer) {
        precondition(key.count == 32 && buffer.count > 0)
        unsafe libsodium(buffer.bytePointer, buffer.count, key.bytePointer, 0)
    }

    /// The keystream by libsodium.
    static func libsodium(
        _ target: UnsafeMutablePointer<UInt8>, _ count: Int, _ key: UnsafePointer<UInt8>, _ blockIndex: UInt32
    ) {
        Sodium.require()
        let nonce: (UInt64, UInt32) = (0, 0)
        unsafe withUnsafeBytes(of: nonce) { nonce in
            unsafe zeros.withUnsafeBufferPointer { zeros in
                guard let source = zeros.baseAddress else { return }
                for start in stride(from: 0, to: count, by: zeros.count) {
                    let code = unsafe crypto_stream_chacha20_ietf_xor_ic(
                        target + start, source, UInt64(min(zeros.count, count - start)), nonce.bytePointer,
                        blockIndex + UInt32(start / 64), key)
                    precondition(code == 0, "ChaCha20 failed")
                }
            }
        }
    }

    /// What is encrypted to get the keystream: reading it again costs less than clearing the target first.
    private static let zeros = [UInt8](repeating: 0, count: 8 << 10)
}
