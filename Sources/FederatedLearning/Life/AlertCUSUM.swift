#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Page's cumulative sum over a company's own alarms: notices soon that their rate has risen; stays with the company.
///
/// S <- max(0, S + ln of the likelihood ratio of the window under the raised and the usual rate); a signal when S reaches h.
/// With h = ln A the mean number of windows until a false signal is at least A (Lorden), for independent windows.
/// Source: model-life section 3
public struct AlertCUSUM: Hashable, Sendable {
    /// S reaches this: a signal.
    public let threshold: Double
    /// S, not negative.
    public private(set) var value = 0.0
    /// Windows seen since the start or the last reset.
    public private(set) var windows = 0
    private let onAlert: Double
    private let onQuiet: Double

    /// `usual` < `raised`, both between 0 and 1; `meanWindowsToFalseSignal` above 1.
    public init(usual: Double, raised: Double, meanWindowsToFalseSignal: Double) {
        precondition(usual > 0 && usual < raised && raised < 1, "rates out of range")
        precondition(meanWindowsToFalseSignal > 1 && meanWindowsToFalseSignal.isFinite, "a mean out of range")
        threshold = log(meanWindowsToFalseSignal)
        onAlert = log(raised / usual)
        onQuiet = log1p(-raised) - log1p(-usual)
    }

    /// Whether the rate is taken for raised.
    public var signals: Bool { value >= threshold }

    /// Takes the next window and says whether it signals; after a signal S goes on until `reset`.
    public mutating func add(alert: Bool) -> Bool {
        value = max(0, value + (alert ? onAlert : onQuiet))
        windows += 1
        return signals
    }

    /// Starts again from 0.
    public mutating func reset() {
        value = 0
        windows = 0
    }
}
