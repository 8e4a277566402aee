internal import FederatedLearning

/// Derives unrelated seeds from a master seed and the place a random stream belongs to.
///
/// Not for secrets: the generator behind it tells its state.
/// Source: sensor-simulator section 2
struct SimulationSeed: Hashable, Sendable {
    /// The seed.
    let value: UInt64

    /// The master seed.
    init(_ value: UInt64) {
        self.value = value
    }

    /// The seed of the part numbered `index` within the area `area`.
    func child(_ area: Area, _ index: Int) -> SimulationSeed {
        var generator = SeededGenerator(mixing: value, area.rawValue, UInt64(bitPattern: Int64(index)))
        return SimulationSeed(generator.next())
    }

    /// What a stream of random numbers is for.
    enum Area: UInt64 {
        case company = 1
        case trainingAsset
        case validationAsset
        case testAsset
        case initialParameters
        case localTraining
        case split
    }
}
