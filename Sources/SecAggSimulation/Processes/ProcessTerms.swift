internal import CryptoPrimitives
internal import DurableState
internal import RingVectors
internal import RoundProtocol
internal import SecureAggregation

/// What the processes of one trial agree on; everything but the nonces follows from the seed.
public struct ProcessTerms: Sendable {
    /// Fixes keys, inputs and the moments at which processes end.
    public var seed: UInt64
    /// Companies.
    public var participants: Int
    /// Values of one input.
    public var dimension: Int
    /// How long each step may take before it is closed, milliseconds.
    public var stepMilliseconds: UInt64
    /// What hides the inputs.
    public var sum: SimulatedSum

    /// Terms of one trial; at least four participants.
    public init(
        seed: UInt64, participants: Int, dimension: Int, stepMilliseconds: UInt64, sum: SimulatedSum = .masking
    ) {
        precondition(participants >= 4 && dimension >= 1, "a session with one colluder has four members at least")
        self.seed = seed
        self.participants = participants
        self.dimension = dimension
        self.stepMilliseconds = stepMilliseconds
        self.sum = sum
    }

    static let bits = 32
    static let bound: Int64 = 1 << 20

    var policy: ClientPolicy {
        ClientPolicy(
            minimumColluders: 1, minimumHonest: 2, maximumRoundsPerEpoch: 1, maximumRoundsOnOneCohort: 100,
            maskSuites: .chaCha20, regularGraphSecurity: nil, minimumNoiseVariance: 0, maximumDimension: dimension,
            eagerShareCheckUpTo: 32, schemaDigest: nil, parametersDigest: nil, requiresExpectedModel: false)
    }

    func epochParameters(at now: Instant) -> EpochParameters {
        EpochParameters(
            rounds: 1, colluders: 1, thresholdRule: .minimum, maskSuites: .chaCha20, graph: .complete,
            shareCheck: .eager, regularGraphSecurity: 1,
            advertiseDeadline: now.advanced(byMilliseconds: stepMilliseconds),
            dealDeadline: now.advanced(byMilliseconds: 2 * stepMilliseconds))
    }

    func roundParameters(receipts: Int, at now: Instant) -> RoundParameters {
        let digest = Blake2b.hash(Array("process model \(seed)".utf8), Personalisation("SecAggSim model"))
        return RoundParameters(
            modelDigest: digest, schemaDigest: digest, parametersDigest: digest, dimension: dimension,
            ringBits: Self.bits, valueBound: UInt64(Self.bound), weightCap: 1, noiseTail: 0, noiseVariance: 0,
            minimumSurvivors: 3, receiptsRequired: receipts,
            inputDeadline: now.advanced(byMilliseconds: stepMilliseconds),
            survivorDeadline: now.advanced(byMilliseconds: 2 * stepMilliseconds),
            unmaskDeadline: now.advanced(byMilliseconds: 3 * stepMilliseconds))
    }

    /// What a company hands in; a company that has lost its process trains anew and hands in something else.
    func input(of id: Int, life: UInt64) -> PackedVector {
        var state = seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(id) &* 0xD1B5_4A32_D192_ED03 &+ life
        let values = (0..<dimension).map { _ -> Int64 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int64(state >> 33) % (Self.bound + 1) - Self.bound / 2
        }
        guard let layout = try? LaneLayout(bits: Self.bits),
            let packed = try? PackedVector(packing: values, layout: layout)
        else { preconditionFailure("values below the bound fit") }
        return packed
    }

    func cast() throws(Abort) -> ProcessCast { try ProcessCast(self) }
}

/// The long-lived keys of everybody; a rehearsal, so they follow from the seed.
struct ProcessCast {
    let terms: ProcessTerms
    let roster: Roster

    init(_ terms: ProcessTerms) throws(Abort) {
        self.terms = terms
        let seed = terms.seed
        roster = try Roster(
            participants: (0..<terms.participants).map {
                Self.identity(PeerID(rawValue: UInt32($0)), seed).verifyingKey
            }, coordinator: Self.identity(.coordinator, seed).verifyingKey)
    }

    static func identity(_ peer: PeerID, _ seed: UInt64) -> SigningKey {
        var source: any RandomSource = SeededRandomSource(seed: seed, label: "process identity \(peer.rawValue)")
        return SigningKey(from: &source)
    }

    func sealingKey(_ peer: PeerID) -> SealingKey {
        var source: any RandomSource = SeededRandomSource(
            seed: terms.seed, label: "process sealing \(peer.rawValue)")
        return SealingKey(from: &source)
    }
}
