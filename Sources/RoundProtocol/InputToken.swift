public import CryptoPrimitives

/// The right to mask one update once.
///
/// A trained update gets a token when it is made. The token is consumed with the update, cannot be copied, and its
/// number is remembered by the participant's durable state: the same update is never masked for a second round, where
/// the difference of two sums could show it.
///
/// Source: attacks row 8
public struct InputToken: ~Copyable, Sendable {
    /// What the ledger remembers; says nothing about the update.
    public let number: Bytes32

    /// Draws a fresh token for a fresh update.
    public init(from source: inout any RandomSource) {
        var bytes = [UInt8](repeating: 0, count: Bytes32.byteCount)
        unsafe bytes.withUnsafeMutableBytes { unsafe source.fill($0) }
        number = unsafe bytes.withUnsafeBytes { unsafe Bytes32(copying: $0) }
    }

    /// Takes up the number of a token that was stored with its update.
    public init(number: Bytes32) {
        self.number = number
    }
}
