internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol
internal import SecureAggregation
internal import WireFormat

/// The inputs of a transcript: who takes part with which seeds, what is proposed and announced, and who falls silent.
struct EpochScript {
    /// One member of the roster; the seeds are published with the vectors.
    struct Member {
        let id: UInt32
        let identitySeed: [UInt8]
        let randomness: Bytes32
    }

    /// A member and the type of the last frame that it sends; nil: it sends nothing at all.
    typealias Silence = [UInt32: FrameType?]

    /// One announced round.
    struct Round {
        let number: UInt64
        let parameters: RoundParameters
        let silence: Silence
        let values: [UInt32: [Int64]]
    }

    let coordinatorSeed: [UInt8]
    let members: [Member]
    let roster: Roster
    let epoch: UInt64
    let firstRound: UInt64
    let parameters: EpochParameters
    let policy: ClientPolicy
    let silence: Silence
    let rounds: [Round]

    init(_ inputs: VectorFields) throws(VectorFault) {
        coordinatorSeed = try inputs.object("coordinator").bytes("identitySeed", count: 32)
        var members: [Member] = []
        for (index, member) in try inputs.objects("participants").enumerated() {
            guard try member.identifier("id") == index else { throw member.fault("id", "is not the place in the list") }
            members.append(
                Member(
                    id: UInt32(index), identitySeed: try member.bytes("identitySeed", count: 32),
                    randomness: try member.bytes32("randomness")))
        }
        self.members = members
        let keys = members.map { Self.key($0.identitySeed) }
        let coordinator = Self.key(coordinatorSeed)
        roster = try mappingAbort { () throws(Abort) in
            try Roster(participants: keys, coordinator: coordinator)
        }
        firstRound = try inputs.unsigned("firstRound")
        let proposal = try inputs.object("proposal")
        guard try proposal.digest("rosterDigest") == roster.digest else {
            throw proposal.fault("rosterDigest", "is not the roster's")
        }
        epoch = try proposal.unsigned("epoch")
        parameters = try Self.parameters(proposal)
        policy = try Self.policy(inputs, parameters)
        silence = try Self.silence(inputs)
        rounds = try inputs.objects("rounds").map { (round) throws(VectorFault) in
            try Self.round(round, inputs)
        }
    }

    /// The signing key of a published seed.
    static func signingKey(_ seed: [UInt8]) -> SigningKey {
        SigningKey(seed: VectorFields.secret(seed))
    }

    private static func key(_ seed: [UInt8]) -> VerifyingKey { signingKey(seed).verifyingKey }

    private static func parameters(_ proposal: VectorFields) throws(VectorFault) -> EpochParameters {
        let explicit = try proposal.integer("explicitThreshold", 0...65_536)
        let rule: ThresholdRule =
            switch try proposal.integer("thresholdRule", 0...2) {
            case 0: .quorum
            case 1: .minimum
            default: .explicit(explicit)
            }
        if try proposal.integer("thresholdRule", 0...2) != 2 && explicit != 0 {
            throw proposal.fault("explicitThreshold", "is not 0")
        }
        let neighbours = try proposal.integer("neighbours", 0...65_536)
        let windowFloor = try proposal.integer("windowFloor", 0...65_536)
        let isRegular = try proposal.integer("graph", 0...1) == 1
        if !isRegular && neighbours + windowFloor != 0 { throw proposal.fault("graph", "is complete with neighbours") }
        guard let check = ShareCheck(rawValue: UInt8(try proposal.integer("shareCheck", 0...1))) else {
            throw proposal.fault("shareCheck", "is unknown")
        }
        return EpochParameters(
            rounds: try proposal.integer("rounds", 1...64), colluders: try proposal.integer("colluders", 0...65_536),
            thresholdRule: rule, maskSuites: MaskSuites(rawValue: UInt16(try proposal.integer("maskSuites", 0...3))),
            graph: isRegular ? .regular(neighbours: neighbours, windowFloor: windowFloor) : .complete,
            shareCheck: check, regularGraphSecurity: 40,
            advertiseDeadline: Instant(milliseconds: try proposal.unsigned("advertiseDeadline")),
            dealDeadline: Instant(milliseconds: try proposal.unsigned("dealDeadline")))
    }

    private static func policy(
        _ inputs: VectorFields, _ parameters: EpochParameters
    ) throws(VectorFault) -> ClientPolicy {
        ClientPolicy(
            minimumColluders: parameters.colluders, minimumHonest: try inputs.integer("minimumHonest", 2...65_536),
            maximumRoundsPerEpoch: 64, maximumRoundsOnOneCohort: 64, maskSuites: .chaCha20,
            regularGraphSecurity: nil, minimumNoiseVariance: 0, maximumDimension: largestTestVector,
            eagerShareCheckUpTo: parameters.shareCheck == .eager ? 32 : 0, schemaDigest: nil, parametersDigest: nil,
            requiresExpectedModel: false)
    }

    private static func silence(_ fields: VectorFields) throws(VectorFault) -> Silence {
        var silence: Silence = [:]
        for entry in try fields.objects("silence") {
            let name = try entry.text("lastFrame")
            let type = FrameType.allCases.first { $0.vectorName == name }
            if type == nil && name != "none" { throw entry.fault("lastFrame", "is unknown") }
            silence.updateValue(type, forKey: try entry.identifier("id"))
        }
        return silence
    }

    private static func round(_ round: VectorFields, _ inputs: VectorFields) throws(VectorFault) -> Round {
        let config = try round.object("config")
        let dimension = try config.integer("dimension", 0...largestTestVector)
        let bits = try config.integer("ringBits", 0...64)
        guard try inputs.integer("dimension", dimension...dimension) == dimension,
            try inputs.integer("bits", bits...bits) == bits
        else { throw inputs.fault("bits", "is another one in the configuration") }
        let parameters = RoundParameters(
            modelDigest: try config.digest("modelDigest"), schemaDigest: try config.digest("schemaDigest"),
            parametersDigest: try config.digest("parametersDigest"), dimension: dimension, ringBits: bits,
            valueBound: try config.unsigned("valueBound"), weightCap: try config.unsigned("weightCap"),
            noiseTail: try config.unsigned("noiseTail"), noiseVariance: try config.unsigned("noiseVariance"),
            minimumSurvivors: try config.integer("minimumSurvivors", 0...65_536),
            receiptsRequired: try config.integer("receiptsRequired", 0...65_536),
            inputDeadline: Instant(milliseconds: try config.unsigned("inputDeadline")),
            survivorDeadline: Instant(milliseconds: try config.unsigned("survivorDeadline")),
            unmaskDeadline: Instant(milliseconds: try config.unsigned("unmaskDeadline")))
        var values: [UInt32: [Int64]] = [:]
        for entry in try round.objects("values") {
            values[try entry.identifier("id")] = try entry.decimals("values")
        }
        return Round(
            number: try round.unsigned("round"), parameters: parameters, silence: try silence(round), values: values)
    }
}

extension FrameType {
    /// The name of the type in the vectors and in the table of the wire format.
    var vectorName: String {
        let name = "\(self)"
        return name.prefix(1).uppercased() + name.dropFirst()
    }
}
