/// Sensor windows cut from one series: `length` samples each, a new one every `stride` samples.
///
/// One sample lies in at most ceil(length / stride) windows: that many gradients move with it.
/// Source: release-charges section 5
public struct WindowOverlap: Hashable, Sendable {
    /// The longest window, 2^20 samples.
    public static let largestLength = 1 << 20

    /// Samples of a window, 1...2^20.
    public let length: Int
    /// Samples from the start of one window to that of the next, at least 1.
    public let stride: Int

    /// Throws `windowOutOfRange`.
    public init(length: Int, stride: Int) throws(WindowRefusal) {
        guard (1...Self.largestLength).contains(length), stride >= 1 else { throw .windowOutOfRange }
        self.length = length
        self.stride = stride
    }

    /// Windows that one sample can be in.
    public var windowsPerSample: Int { (length - 1) / stride + 1 }
}

/// Who decides which windows take part, when the unit is a raw sample or a block of samples.
/// Source: release-charges section 5
public enum WindowSampling: Hashable, Sendable {
    /// Every window, every round.
    case none
    /// One coin for each disjoint block of `length` samples; no window crosses a border, and all windows of a block go
    /// through one clip together.
    case blockCoins(SamplingRate, length: Int)
    /// A coin for each window, each window clipped by itself.
    case windowCoins(SamplingRate)
    /// A uniform subset of windows.
    case fixedSize(FixedSample)
}

/// Why windows are not billed.
/// Source: release-charges section 5
public enum WindowRefusal: Error, Hashable, Sendable {
    /// A length not in 1...2^20 or a stride below 1.
    case windowOutOfRange
    /// A block shorter than a window.
    case blockTooShort(minimum: Int)
    /// A fixed-size sample of overlapping windows: its windows are neither independent nor one unit.
    case fixedSizeOfWindows
    /// The clip times the windows of a sample is above 2^51 grid units.
    case sensitivityTooLarge
    /// What the accountant refuses.
    case accounting(AccountingRefusal)
}
