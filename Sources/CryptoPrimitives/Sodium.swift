internal import CSodium

/// The one door to libsodium: every entry point of this module passes `Sodium.require()` first.
enum Sodium {
    /// True once `sodium_init` has run; it runs exactly once in a process, on the first use from any thread.
    static let ready: Bool = sodium_init() >= 0

    /// Makes sure that libsodium is initialised; stops the process where it cannot be, since nothing is safe then.
    @inline(__always)
    static func require() {
        precondition(ready, "libsodium could not be initialised")
    }

    /// Whether two regions of `count` bytes are equal, in time that depends on `count` alone.
    static func isEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, count: Int) -> Bool {
        require()
        return unsafe sodium_memcmp(left, right, count) == 0
    }
}

/// Overwrites `buffer` with zeros in a way that the optimiser does not remove.
///
/// Source: libsodium "Secure memory"
package func wipe(_ buffer: UnsafeMutableRawBufferPointer) {
    guard let base = buffer.baseAddress else { return }
    unsafe sodium_memzero(base, buffer.count)
}
