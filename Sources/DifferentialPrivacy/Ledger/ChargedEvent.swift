/// One mechanism under one sampling scheme, a number of times.
/// Source: privacy-ledger section 1
public struct ChargedEvent: Hashable, Sendable {
    /// The noise.
    public let noise: ChargedNoise
    /// Who takes part.
    public let sampling: SamplingScheme
    /// How often: 1 ... 2^40.
    public let count: Int

    /// Throws `notAccounted(.countOutOfRange)`; what the accountant refuses is refused when it is charged.
    /// Source: privacy-ledger section 1
    public init(_ noise: ChargedNoise, sampling: SamplingScheme, count: Int) throws(LedgerRefusal) {
        guard count >= 1, count <= 1 << 40 else { throw .notAccounted(.countOutOfRange) }
        self.noise = noise
        self.sampling = sampling
        self.count = count
    }

    private init(noise: ChargedNoise, sampling: SamplingScheme, count: Int) {
        self.noise = noise
        self.sampling = sampling
        self.count = count
    }

    /// The same event once.
    var once: ChargedEvent { ChargedEvent(noise: noise, sampling: sampling, count: 1) }

    /// The same event so many times; the caller keeps the count in 1 ... 2^40.
    func repeated(_ count: Int) -> ChargedEvent { ChargedEvent(noise: noise, sampling: sampling, count: count) }

    /// The same event with more or fewer honest shares; unchanged without shares.
    func with(honest: Int) -> ChargedEvent {
        guard case .discreteGaussian(let shares) = noise else { return self }
        return ChargedEvent(
            noise: .discreteGaussian(shares.with(honest: honest)), sampling: sampling, count: count)
    }

    /// Whether a coin or a draw decides who takes part.
    public var isSampled: Bool {
        switch sampling {
        case .none: false
        case .poisson(let rate): rate.value < 1
        case .fixedSize(let sample): sample.size < sample.population
        }
    }

    /// In the accountant's terms.
    func event() throws(LedgerRefusal) -> PrivacyEvent {
        let mechanism = try noise.mechanism()
        do { return try PrivacyEvent(mechanism, sampling: sampling, count: count) } catch { throw .notAccounted(error) }
    }
}

/// A release of a plan: what, with which noise, how often.
/// Source: privacy-ledger section 3
public struct PlannedRelease: Hashable, Sendable {
    /// What is released.
    public let release: ReleaseKind
    /// Its noise at the floor of survivors, its sampling, and how often it may happen in all.
    public let event: ChargedEvent

    /// Names the release.
    public init(_ release: ReleaseKind, _ event: ChargedEvent) {
        self.release = release
        self.event = event
    }
}

extension PrivacySchedule {
    /// The schedule of charged events; throws what the accountant refuses.
    static func charged(
        unit: PrivacyUnit, adjacency: Adjacency, _ events: [ChargedEvent]
    ) throws(LedgerRefusal) -> PrivacySchedule {
        var list: [PrivacyEvent] = []
        for event in events { list.append(try event.event()) }
        do { return try PrivacySchedule(unit: unit, adjacency: adjacency, events: list) } catch {
            throw .notAccounted(error)
        }
    }
}
