internal import FederatedLearning
internal import SecureAggregation

/// Choosing ring and dropouts of a trial.
extension RoundTrial {
    /// Levels on each side of zero that a value keeps at least when no width is asked for: 12 bits.
    public static let leastLevels: UInt64 = 2047
    /// The narrowest ring taken when no width is asked for: three values in a word.
    public static let narrowestBits = 21

    /// The ring when none is asked for: 21 bits, wider where so many participants would leave a value less than 12 bits,
    /// and then as wide as the same number of lanes allows.
    public static func defaultBits(participants: Int) -> Int {
        let required = RingWidth.requiredBits(
            participants: max(1, participants), weightCap: 1, valueBound: leastLevels, noiseTail: 0)
        let lanes = 64 / min(64, max(narrowestBits, required))
        return lanes == 1 ? 62 : 64 / lanes
    }

    /// The largest magnitude of a value for which so many cannot wrap, at least 1.
    public static func valueBound(participants: Int, bits: Int) -> UInt64 {
        guard RingWidth.isSupported(bits), participants >= 1 else { return 1 }
        return max(1, (UInt64(1) << UInt64(bits - 1) - 1) / UInt64(participants))
    }

    /// floor(fraction * participants) members that fall silent, drawn by a seed; the steps are taken in turn.
    ///
    /// The fraction is in 0..<1; a product that only rounding keeps below an integer counts as that integer.
    public static func dropouts(
        fraction: Double, participants: Int, steps: [DropoutStep], seed: UInt64
    ) -> [Int: DropoutStep] {
        precondition(fraction >= 0 && fraction < 1 && !steps.isEmpty, "a fraction is in 0..<1")
        guard participants > 0 else { return [:] }
        let count = Int((fraction * Double(participants) + 1e-9).rounded(.down))
        var generator = SeededGenerator(mixing: seed, 0x7369_6C65_6E74)
        var order = Array(0..<participants)
        generator.shuffle(&order)
        var dropouts: [Int: DropoutStep] = [:]
        for (place, member) in order.prefix(count).enumerated() { dropouts[member] = steps[place % steps.count] }
        return dropouts
    }
}
