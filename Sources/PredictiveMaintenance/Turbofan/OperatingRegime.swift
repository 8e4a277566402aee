/// One of the six flight regimes, told by the altitude of the first operating setting.
/// Source: cmapss section 2
public struct OperatingRegime: Hashable, Sendable {
    /// The number of regimes.
    public static let count = 6

    /// The altitude of each regime in thousand feet.
    public static let altitudes: [Double] = [0, 10, 20, 25, 35, 42]

    /// 0 to 5, in the order of `altitudes`.
    public let index: Int

    /// The regime whose altitude (thousand feet) lies within 1 of `altitude`; nil if there is none.
    public init?(altitude: Double) {
        for (index, centre) in Self.altitudes.enumerated() where abs(altitude - centre) <= 1 {
            self.index = index
            return
        }
        return nil
    }
}
