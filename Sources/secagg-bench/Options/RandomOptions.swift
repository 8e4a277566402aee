internal import CryptoPrimitives
internal import SecAggSimulation
internal import SecureFederation

/// Where a verb's randomness comes from.
enum Randomness {
    case system
    case seeded(UInt64)

    /// The production source without a seed; with one, a source that can be replayed, and a warning.
    init(seed: UInt64?) {
        guard let seed else {
            self = .system
            return
        }
        Terminal.warn("--seed makes every secret of this run predictable; for measuring and replaying only")
        self = .seeded(seed)
    }

    /// A source for each party and purpose.
    func source(for stream: RandomStream) -> any RandomSource {
        switch self {
        case .system: SystemRandomSource()
        case .seeded(let seed):
            SeededRandomSource(seed: seed, label: stream.label)
        }
    }

    /// A number for inputs that are no secret.
    func publicSeed() -> UInt64 {
        if case .seeded(let seed) = self { return seed }
        return UInt64.random(in: .min ... .max)
    }
}
