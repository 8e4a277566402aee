/// Cuts an endless stream of samples into overlapping windows, in fixed memory: no allocation a sample.
///
/// Source: vibration-features section 5
public struct WindowBuffer: Sendable {
    /// Samples in a window.
    public let length: Int
    /// Samples between the ends of successive windows.
    public let hop: Int

    private var samples: [Float]
    private var next = 0
    private var missing: Int

    /// Reserves one window; `length` and `hop` must be at least 1. A hop above the length skips samples.
    public init(length: Int, hop: Int) {
        precondition(length >= 1 && hop >= 1, "a window without samples or a stream that stands still")
        self.length = length
        self.hop = hop
        samples = [Float](repeating: 0, count: length)
        missing = length
    }

    /// Takes a sample and says whether a window ends with it: the first after `length` samples, then every `hop`.
    ///
    /// A sample that is not finite counts as the one before it (0 at the start), so that a sensor's fault spoils no window
    /// after this one; `gaps` counts them.
    public mutating func append(_ sample: Float) -> Bool {
        var value = sample
        if !sample.isFinite {
            gaps += 1
            value = samples[next == 0 ? length - 1 : next - 1]
        }
        samples[next] = value
        next += 1
        if next == length { next = 0 }
        missing -= 1
        if missing > 0 { return false }
        missing = hop
        return true
    }

    /// Samples so far that were not finite.
    public private(set) var gaps = 0

    /// Copies the last `length` samples, oldest first, over `window`, which must have that length.
    public func copy(into window: inout [Float]) {
        precondition(window.count == length, "a window of another length")
        for index in next..<length { window[index - next] = samples[index] }
        for index in 0..<next { window[length - next + index] = samples[index] }
    }

    /// Forgets everything, as after a stop of the machine.
    public mutating func reset() {
        next = 0
        missing = length
        gaps = 0
        for index in samples.indices { samples[index] = 0 }
    }
}
