/// The decisions of a simulated run: SplitMix64, so that the whole state is one word and a seed is a run.
///
/// Source: simulation section 1
struct SimulatedChance {
    private var state: UInt64

    /// Independent decisions for each seed and stream.
    init(seed: UInt64, stream: UInt64) {
        state = seed &* 0xD1B5_4A32_D192_ED03 ^ stream &* 0x9E37_79B9_7F4A_7C15
        _ = next()
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }

    /// 0 ..< bound, which is positive.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }

    /// low ... high.
    mutating func between(_ low: UInt64, _ high: UInt64) -> UInt64 { low + next() % (high - low + 1) }

    /// True in so many of a thousand cases.
    mutating func happens(_ perMille: Int) -> Bool { perMille > 0 && below(1_000) < perMille }

    /// One of the items, of which there is at least one.
    mutating func pick<Item>(_ items: [Item]) -> Item { items[below(items.count)] }
}
