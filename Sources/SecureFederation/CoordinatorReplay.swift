public import CryptoPrimitives
public import DurableState
public import RoundProtocol
internal import SecureAggregation

/// One thing that the coordinator of a trial was told.
public struct CoordinatorCall: Sendable {
    /// What it was.
    public enum Kind: UInt8, Sendable {
        /// To open the epoch.
        case openEpoch
        /// To announce the next round.
        case announce
        /// A frame.
        case receive
        /// What time it is.
        case tick
    }

    /// What it was.
    public let kind: Kind
    /// When, on the trial's clock.
    public let now: Instant
    /// The frame; empty for everything else.
    public let frame: [UInt8]

    /// Writes a call down.
    public init(_ kind: Kind, at now: Instant, frame: [UInt8] = []) {
        self.kind = kind
        self.now = now
        self.frame = frame
    }
}

/// What a coordinator took in a process of its own.
public struct CoordinatorReplay: Sendable {
    /// The most memory that was resident before it was told anything, bytes.
    public let baselineBytes: Int
    /// The most memory that was resident in the end.
    public let peakBytes: Int
    /// Sums that it opened.
    public let opened: Int

    /// Writes the numbers down.
    public init(baselineBytes: Int, peakBytes: Int, opened: Int) {
        self.baselineBytes = baselineBytes
        self.peakBytes = peakBytes
        self.opened = opened
    }
}

extension RoundTrial {
    /// Tells a coordinator, alone in its process, what the coordinator of a trial with the same seeds was told.
    ///
    /// It is the real machine on the real frames, with a store that keeps nothing: a deployment's is on a disk. What it sends
    /// is dropped when it has been made.
    ///
    /// - Parameters:
    ///   - random: the sources of the recorded trial.
    ///   - peakBytes: the most memory that this program has had resident; what the system counts for a process may include the
    ///     program that started it.
    ///   - next: the calls in order, nil at the end.
    /// - Throws: what the machine refuses of opening and announcing.
    public func replayCoordinator(
        spool: any InputSpool, random: (RandomStream) -> any RandomSource, peakBytes: () -> Int,
        next: () -> CoordinatorCall?
    ) throws(Abort) -> CoordinatorReplay {
        precondition(backend == .masking, "an encrypted sum has another coordinator")
        let settings = settings()
        var parties = try Parties(settings, random: random)
        let (coordinator, open) = try parties.maskingCoordinator(spool: spool, store: ForgetfulStore())
        let baseline = peakBytes()
        var (opened, round) = (0, 0)
        while let call = next() {
            do throws(Abort) {
                let outcome: NodeOutcome
                switch call.kind {
                case .openEpoch: outcome = try open(1, 1, call.now)
                case .announce:
                    let (terms, _) = try terms(ofRound: round)
                    round += 1
                    let parameters = LoopbackConsortium.parameters(
                        terms, settings, receipts: coordinator.suggestedReceipts, at: call.now)
                    outcome = try coordinator.announce(round: UInt64(round), parameters)
                case .receive: outcome = try coordinator.receive(ArrivedFrame(call.frame), at: call.now)
                case .tick: outcome = try coordinator.tick(at: call.now)
                }
                if outcome.outcome != nil { opened += 1 }
            } catch {
                if call.kind != .receive { throw error }
            }
        }
        return CoordinatorReplay(baselineBytes: baseline, peakBytes: peakBytes(), opened: opened)
    }
}
