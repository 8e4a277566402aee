internal import CSodium

/// Where secrets, nonces and coins come from: injected everywhere, so that a simulation can replay a run.
public protocol RandomSource: Sendable {
    /// Fills the whole of `buffer` with uniform bytes; an empty buffer consumes nothing.
    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer)
}

/// The production source: libsodium's generator over the operating system's. It cannot be seeded.
///
/// Source: libsodium "Generating random data"
public struct SystemRandomSource: RandomSource {
    /// A handle on the process-wide generator; it has no state of its own.
    public init() {}

    /// Fills the whole of `buffer` with uniform bytes.
    public mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        Sodium.require()
        guard let base = buffer.baseAddress else { return }
        unsafe randombytes_buf(base, buffer.count)
    }
}
