/// A moment of the orchestrator's clock, in milliseconds since an epoch of its choosing.
///
/// The state machines own no clock: whoever drives them passes the present moment, and deadlines come back as effects.
public struct Instant: Hashable, Comparable, Sendable {
    /// Milliseconds since the orchestrator's epoch.
    public let milliseconds: UInt64

    /// A moment so many milliseconds after the orchestrator's epoch.
    public init(milliseconds: UInt64) {
        self.milliseconds = milliseconds
    }

    /// The far end of time: a deadline that never passes.
    public static let distantFuture = Instant(milliseconds: .max)

    /// The moment so many milliseconds later, saturating.
    public func advanced(byMilliseconds count: UInt64) -> Instant {
        let (sum, overflow) = milliseconds.addingReportingOverflow(count)
        return Instant(milliseconds: overflow ? .max : sum)
    }

    /// Earlier is less.
    public static func < (left: Instant, right: Instant) -> Bool {
        left.milliseconds < right.milliseconds
    }
}
