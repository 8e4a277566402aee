/// How often faults strike in one run, per thousand chances of each kind.
///
/// Source: simulation section 2
struct FaultProfile {
    private(set) var rates: [FaultKind: Int] = [:]

    /// Nothing goes wrong.
    static let none = FaultProfile(rates: [:])

    subscript(_ kind: FaultKind) -> Int { rates[kind] ?? 0 }

    /// Whether calls may be cut off at all.
    var hasCrashes: Bool {
        self[.crashBeforeWrite] + self[.crashAfterWrite] + self[.crashAfterSync] + self[.crashWhileSending]
            + self[.failedWrite] > 0
    }

    private init(rates: [FaultKind: Int]) {
        self.rates = rates
    }

    /// Every kind at a rate of its own, from none to its most; whether parties lie is drawn once a run, so that its rate
    /// is not drawn as well.
    init(all chance: inout SimulatedChance) {
        for kind in FaultKind.allCases {
            let isDrawnOnce = kind == .byzantineCoordinator || kind == .byzantineParticipant
            rates[kind] = isDrawnOnce ? Self.most(kind) : chance.below(Self.most(kind) + 1)
        }
    }

    /// A random subset of the kinds, each at its most; most runs of a swarm have few kinds, and much of them.
    init(swarm chance: inout SimulatedChance) {
        let share = chance.pick([80, 200, 400])
        for kind in FaultKind.allCases where chance.happens(share) { rates[kind] = Self.most(kind) }
    }

    /// Takes kinds away.
    func without(_ kinds: Set<FaultKind>) -> FaultProfile {
        FaultProfile(rates: rates.filter { !kinds.contains($0.key) })
    }

    /// The highest rate of a kind: a frame, a call, a restart or a run is a chance.
    private static func most(_ kind: FaultKind) -> Int {
        switch kind {
        case .drop: 150
        case .duplicate: 150
        case .delay: 200
        case .bitFlip, .truncation, .wrongPeer: 30
        case .replay: 60
        case .partition: 10
        case .lostWrite, .tornWrite: 300
        case .staleVersion: 200
        case .bitRot: 60
        case .failedWrite: 8
        case .crashBeforeWrite, .crashAfterWrite, .crashAfterSync, .crashWhileSending: 12
        case .restartWithOldState: 200
        case .restartWithoutState: 40
        case .clockJump: 10
        case .clockSkew: 300
        case .repeatedInput: 200
        case .byzantineCoordinator: 400
        case .byzantineParticipant: 600
        }
    }
}
