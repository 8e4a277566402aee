internal import CryptoPrimitives
package import DurableState
package import WireFormat

/// Why a frame was refused or a round given up: a stable number, shared by vectors, logs and foreign bindings.
///
/// New numbers may come in minor versions; a number never changes its meaning.
///
/// Source: WIRE section 8
public enum AbortCode: UInt16, Error, Sendable, CaseIterable {
    case badMagic = 1
    case unsupportedVersion = 2
    case truncated = 4
    case trailingData = 5
    case messageTooLarge = 6
    case lengthOverflow = 7
    case nonCanonical = 8
    case unexpectedMessage = 10
    case authenticationFailed = 11
    case tooFewParticipants = 13
    case tooManyParticipants = 14
    case thresholdTooLow = 15
    case thresholdTooHigh = 16
    case overflowPossible = 17
    case emptyVector = 18
    case vectorTooLarge = 19
    case invalidConfiguration = 20
    case configMismatch = 23
    case roundReplayed = 24
    case expired = 25
    case policyViolation = 26
    case weakKey = 30
    case duplicateKey = 32
    case equivocation = 33
    case badSignature = 34
    case unknownParticipant = 35
    case ownKeyAltered = 36
    case wrongContext = 37
    case duplicateShare = 41
    case nonCanonicalShare = 42
    case invalidShareLength = 43
    case wrongRecipient = 44
    case wrongSender = 45
    case missingShare = 46
    case inconsistentShare = 47
    case dimensionMismatch = 49
    case elementOutOfRange = 50
    case late = 54
    case falselyDropped = 59
    case duplicateParticipant = 61
    case tooFewSurvivors = 63
    case conflictingUnmask = 64
    case impossibleTransition = 65
    case unknownShare = 68
    case reconstructionFailed = 69
    case abortedInsufficientShares = 70
    case stateCorrupt = 75
    case stateRolledBack = 76
    case digestMismatch = 81
    case quorumNotReached = 82
    case roundBurnt = 83
    case inputReused = 84
    case unexpectedModel = 85
    case spoolFailed = 86
    case cohortOverused = 87
    case suiteUnavailable = 88
    case excludedAfterAcknowledgement = 89
    case invalidPoint = 90
    case coordinatorAborted = 91
    case proofRejected = 92
    case openingRejected = 93
    case memoryExhausted = 94
}

/// The step of the protocol in which something happened.
public enum Stage: UInt16, Sendable, CaseIterable {
    case frame = 0
    case proposal = 1
    case advertise = 2
    case deal = 3
    case announce = 4
    case input = 5
    case survivors = 6
    case unmask = 7
    case result = 8
    case state = 9
}

/// Two signed statements that contradict each other, or one that breaks the rules: what a third party needs to see.
public struct Evidence: Hashable, Sendable {
    /// The signed frames, byte for byte.
    public let frames: [[UInt8]]

    /// Keeps the frames that prove a fault.
    public init(frames: [[UInt8]]) {
        self.frames = frames
    }
}

/// A refusal with its reason: code, stage and the peer at fault; never a value, never a byte of input.
///
/// Thrown by `handle`, it means that this frame was refused and nothing changed. As an effect, it means that the round
/// is over for the machine that returned it.
public struct Abort: Error, Hashable, Sendable, CustomStringConvertible {
    /// What went wrong.
    public let code: AbortCode
    /// In which step.
    public let stage: Stage
    /// The peer at fault, as far as it is known.
    public let peer: PeerID
    /// Signed frames that prove the fault to others, when there are any.
    public let evidence: Evidence?

    /// Makes a refusal.
    public init(_ code: AbortCode, _ stage: Stage, peer: PeerID = .nobody, evidence: Evidence? = nil) {
        self.code = code
        self.stage = stage
        self.peer = peer
        self.evidence = evidence
    }

    /// One line without any value of the input: `thresholdTooLow in announce (coordinator)`.
    public var description: String {
        "\(code) in \(stage) (\(peer))"
    }
}

extension Abort {
    /// The refusal that a decoding failure of a peer's bytes becomes.
    package init(_ failure: DecodingFailure, _ stage: Stage, peer: PeerID) {
        let code: AbortCode =
            switch failure {
            case .truncated: .truncated
            case .trailingData: .trailingData
            case .lengthOverflow: .lengthOverflow
            case .messageTooLarge: .messageTooLarge
            case .nonCanonical: .nonCanonical
            case .invalidValue: .invalidConfiguration
            }
        self.init(code, stage, peer: peer)
    }

    /// Runs a decoder of a peer's bytes and names stage and peer when it fails.
    package static func decoding<T>(
        _ stage: Stage, from peer: PeerID, _ body: () throws(DecodingFailure) -> T
    ) throws(Abort) -> T {
        do throws(DecodingFailure) {
            return try body()
        } catch {
            throw Abort(error, stage, peer: peer)
        }
    }

    /// Refuses a step that would hold `bytes` of secrets when the system gives no more guarded memory.
    package static func requireMemory(_ bytes: Int, _ stage: Stage) throws(Abort) {
        do throws(CryptoFailure) {
            try GuardedMemory.require(bytes: bytes)
        } catch {
            throw Abort(.memoryExhausted, stage)
        }
    }

    /// Throws this refusal unless the condition holds.
    package static func require(
        _ condition: Bool, _ code: AbortCode, _ stage: Stage, peer: PeerID = .nobody,
        evidence: @autoclosure () -> Evidence? = nil
    ) throws(Abort) {
        if !condition { throw Abort(code, stage, peer: peer, evidence: evidence()) }
    }
}

extension Abort {
    /// The refusal that a failing state store becomes.
    package init(_ failure: StateStoreFailure) {
        let code: AbortCode =
            switch failure {
            case .stateRolledBack, .staleGeneration: .stateRolledBack
            case .memoryExhausted: .memoryExhausted
            default: .stateCorrupt
            }
        self.init(code, .state)
    }
}
