internal import CGMP

/// Why a bit about a secret may steer the program. No other bit about a secret becomes a branch or an address.
enum Disclosure {
    /// Whether a number drawn afresh is refused.
    ///
    /// Draws are independent and a refused one is used for nothing, so all a watcher learns of the number that is kept
    /// is that it was kept, which is true of every number that can be. How many were drawn is a matter of chance alone.
    case draw
    /// Whether an input can be used at all: the caller throws if not, and everybody learns that from what it does next.
    case refusal
}

/// The bit, as a condition: 1 is true, 0 is false. The check under memcheck takes it for public from here on.
@inline(__always)
func disclosed(_ bit: UInt64, _ reason: Disclosure) -> Bool {
    secagg_published(bit) != 0
}

extension UInt64 {
    /// 1 for 0, else 0, without a branch.
    var isZeroBit: UInt64 { 1 &- ((self | (0 &- self)) >> 63) }
}
