public import CryptoPrimitives
public import DurableState
internal import FederatedLearning
internal import RingVectors
public import RoundProtocol
public import SecureAggregation

/// Secure rounds over random vectors, measured: what a round costs on this machine.
public struct RoundTrial: Sendable {
    /// Thresholds, graph, ring and length; its participants are those that advertise.
    public var plan: Plan
    /// Members of the roster, n.
    public let participants: Int
    /// The largest magnitude of a value.
    public var valueBound: UInt64
    /// Who falls silent before which step, in every round.
    public let dropouts: [Int: DropoutStep]
    /// Rounds of one epoch, whose keys are dealt at once.
    public var rounds: Int
    /// What hides the inputs.
    public var backend = SumBackend.masking
    /// Generators that may expand masks.
    public var maskSuites = MaskSuites.chaCha20
    /// Threads of each party at most. With one, costs are processor seconds; with more, seconds of the wall clock.
    public var threads = 1
    /// Whether masks are expanded before the input exists.
    public var preparesMasks = false
    /// Clients that check every signature themselves and keep sealed state, and whose costs are reported; nil for all. The
    /// others take part in full but share the verdicts on broadcasts.
    public var verifySample: Int?
    /// Decides the inputs; they are worth nothing and this is no secret.
    public var inputSeed: UInt64

    /// Describes a trial of at least one round.
    ///
    /// Members that never advertise are in no session: the plan is one for the others.
    public init(
        plan: Plan, valueBound: UInt64, dropouts: [Int: DropoutStep] = [:], rounds: Int = 1, inputSeed: UInt64
    ) {
        precondition(rounds >= 1 && valueBound >= 1, "a trial has a round and a value")
        self.plan = plan
        participants = plan.participants + dropouts.values.count { $0 == .advertise }
        self.valueBound = valueBound
        self.dropouts = dropouts
        self.rounds = rounds
        self.inputSeed = inputSeed
    }

    /// Runs the rounds; each company's vector is made when it is needed and not kept.
    ///
    /// - Parameters:
    ///   - random: a source for each party and purpose.
    ///   - record: is told what the coordinator is told, for `replayCoordinator`.
    /// - Throws: the abort that ended a round.
    public func run(
        spool: any InputSpool, random: (RandomStream) -> any RandomSource,
        record: ((CoordinatorCall) -> Void)? = nil
    ) throws(Abort) -> RoundTrialReport {
        let settings = settings()
        let sample = settings.selfCheckers
        let consortium = try LoopbackConsortium(
            settings, spool: spool, random: random,
            cpuSeconds: threads == 1 ? ResourceUsage.threadSeconds : ResourceUsage.wallSeconds)
        consortium.record(record)
        var isExact = true
        var last: LoopbackRound?
        for number in 0..<rounds {
            let (terms, inputs) = try terms(ofRound: number)
            let round = try consortium.round(terms, dropouts: dropouts) { participant in
                let update = inputs.update(of: participant)
                return { inputs.encode(update, of: participant) }
            }
            isExact = isExact && round.isExact
            last = round
        }
        let staying = consortium.clientCosts.enumerated().filter {
            dropouts[$0.offset] == nil && sample?.contains($0.offset) != false
        }.map(\.element)
        return RoundTrialReport(
            isExact: isExact, survivors: last?.outcome.survivors.count ?? 0, receivers: last?.receivers ?? 0,
            recovered: last?.outcome.dropped.count ?? 0, measuredClients: staying.count,
            client: MeanCost(of: staying, rounds: rounds), server: MeanCost(of: [consortium.serverCost], rounds: rounds)
        )
    }
}

extension RoundTrial {
    /// What the parties are set up with.
    func settings() -> LoopbackConsortium.Settings {
        var settings = LoopbackConsortium.Settings(plan: plan, roundsPerEpoch: rounds)
        settings.rosterCount = participants
        settings.backend = backend
        settings.maskSuites = maskSuites
        settings.threads = threads
        settings.preparesMasks = preparesMasks
        settings.selfCheckers = sample()
        return settings
    }

    /// What a round, counted from 0, is announced with, and its inputs.
    func terms(ofRound number: Int) throws(Abort) -> (LoopbackTerms, RandomInputs) {
        do throws(RingFailure) {
            let layout = try LaneLayout(bits: plan.ringBits)
            let inputs = try RandomInputs(
                dimension: plan.dimension, layout: layout, bound: valueBound,
                seed: inputSeed &+ UInt64(number) &* 0x9E37_79B9_7F4A_7C15,
                drawing: maskSuites.fastestRunnable.generator, threads: threads)
            let digest = inputs.digest
            let terms = LoopbackTerms(
                dimension: plan.dimension, layout: layout, valueBound: valueBound, modelDigest: digest,
                schemaDigest: digest, parametersDigest: digest)
            return (terms, inputs)
        } catch {
            throw Abort(.invalidConfiguration, .announce)
        }
    }

    /// The clients that check for themselves, spread over those that stay to the end; nil for everybody.
    private func sample() -> Set<Int>? {
        guard let verifySample, backend == .masking else { return nil }
        let staying = (0..<participants).filter { dropouts[$0] == nil }
        guard verifySample < staying.count else { return nil }
        return Set((0..<verifySample).map { staying[$0 * staying.count / verifySample] })
    }
}

/// What a trial showed.
public struct RoundTrialReport: Sendable {
    /// Whether every opened sum equalled the clear sum of its survivors, and every receiver got that sum.
    public let isExact: Bool
    /// Inputs in the last sum.
    public let survivors: Int
    /// Participants that got the last sum.
    public let receivers: Int
    /// Members whose masks were recovered in the last round.
    public let recovered: Int
    /// Clients whose costs are in the mean: those that did not fall silent, or of them the sample that checks for itself.
    public let measuredClients: Int
    /// The mean over the measured clients, for one round.
    public let client: MeanCost
    /// The coordinator's cost of one round.
    public let server: MeanCost
}

/// Mean costs of one party and one round, the set-up's share included.
public struct MeanCost: Sendable {
    /// Processor seconds by stage.
    public let seconds: [Stage: Double]
    /// Seconds spent before the input existed.
    public let preparationSeconds: Double
    /// Bytes of all frames sent.
    public let sentBytes: Double
    /// Bytes of those that carry the masked input; the rest is set-up and agreement, which do not depend on its length.
    public let sentInputBytes: Double
    /// Bytes of all frames received.
    public let receivedBytes: Double

    init(of parties: [PartyCost], rounds: Int) {
        let share = 1 / Double(max(1, parties.count) * rounds)
        var seconds: [Stage: Double] = [:]
        for party in parties { seconds.merge(party.seconds.mapValues { $0 * share }, uniquingKeysWith: +) }
        self.seconds = seconds
        preparationSeconds = parties.reduce(0) { $0 + $1.preparationSeconds } * share
        sentBytes = Double(parties.reduce(0) { $0 + $1.sentBytes }) * share
        sentInputBytes = Double(parties.reduce(0) { $0 + $1.sentInputBytes }) * share
        receivedBytes = Double(parties.reduce(0) { $0 + $1.receivedBytes }) * share
    }

    /// Processor seconds of all stages.
    public var totalSeconds: Double { seconds.values.reduce(0, +) }

    /// Processor seconds from the announcement to the result, set-up apart.
    public var onlineSeconds: Double {
        seconds.filter { $0.key.rawValue >= Stage.announce.rawValue }.values.reduce(0, +)
    }
}
