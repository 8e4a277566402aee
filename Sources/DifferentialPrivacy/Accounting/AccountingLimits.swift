/// How much work the loss lattice may take. Less work means a coarser mesh and a wider interval, never an unsound one.
/// Source: privacy-accounting section 5
public struct AccountingLimits: Hashable, Sendable {
    /// Lattice points of one step, 2^8 ... 2^20.
    public let bins: Int
    /// Length of the transform, a power of two, 2^10 ... 2^22.
    public let window: Int

    /// Values outside the ranges are moved into them; the window is rounded up to a power of two.
    /// Source: privacy-accounting section 5
    public init(bins: Int = 1 << 20, window: Int = 1 << 21) {
        self.bins = min(max(bins, 1 << 8), 1 << 20)
        var length = 1 << 10
        while length < min(window, 1 << 22) { length *= 2 }
        self.window = length
    }
}
