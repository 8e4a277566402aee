internal import CryptoPrimitives
public import PaillierAggregation
public import RoundProtocol
public import SecureAggregation

/// What hides the inputs of a sum.
public enum SumBackend: Hashable, Sendable {
    /// Pairwise masks: two messages online, dropouts recovered from shares.
    case masking
    /// Encryption under a key that shareholders open together: one message, no second one for whoever holds no share.
    case paillier(PaillierTerms)

    /// How shares that open are counted when a session is planned.
    public func thresholdRule(participants: Int) -> ThresholdRule {
        if case .paillier(let terms) = self { return .explicit(terms.threshold(participants: participants)) }
        return .quorum
    }

    /// The widest ring that a sum of so many takes.
    public func widestBits(participants: Int) -> Int {
        toleratesMissingInputs ? 62 : 62 - (Int.bitWidth - max(0, participants - 1).leadingZeroBitCount)
    }

    /// Whether a round survives a member whose input never arrives.
    public var toleratesMissingInputs: Bool {
        if case .paillier(let terms) = self { return !terms.masksInside }
        return true
    }
}

/// How a consortium sums under encryption.
public struct PaillierTerms: Hashable, Sendable {
    /// The sizes of the key.
    public var parameters: PaillierParameters
    /// Shares that open; nil for the fewest allowed, more than half.
    public var threshold: Int?
    /// How aggregates are opened.
    public var mode: OpeningMode
    /// Whether pairwise masks ride inside the slots.
    public var masksInside: Bool

    /// By default 3,072 bits, a bare majority, partial decryption, no masks.
    public init(
        parameters: PaillierParameters = .p3072, threshold: Int? = nil, mode: OpeningMode = .partialDecryption,
        masksInside: Bool = false
    ) {
        self.parameters = parameters
        self.threshold = threshold
        self.mode = mode
        self.masksInside = masksInside
    }

    /// Shareholders of a consortium of so many: everybody, up to 128.
    public static func shareholders(_ participants: Int) -> Int {
        min(participants, ThresholdPublicKey.maximumShareholders)
    }

    /// The threshold in force for so many participants.
    public func threshold(participants: Int) -> Int {
        threshold ?? Self.shareholders(participants) / 2 + 1
    }

    /// Bytes of one contribution to a round of so many. Throws `overflowPossible`, `invalidConfiguration`.
    public func contributionBytes(
        dimension: Int, ringBits: Int, valueBound: UInt64, participants: Int
    ) throws(Abort) -> Int {
        try PaillierCoordinator.contributionBytes(
            dimension: dimension, ringBits: ringBits, valueBound: valueBound, participants: participants,
            masksInside: masksInside, parameters: parameters)
    }
}

/// A key that was dealt in this process, with its shares until they are handed out.
final class DealtKey {
    let key: ThresholdPublicKey
    private var shares: [ShareBox] = []

    /// - Throws: `invalidConfiguration` when threshold and shareholders do not fit together.
    init(_ terms: PaillierTerms, participants: Int, from source: inout any RandomSource) throws(Abort) {
        var boxes: [ShareBox] = []
        do throws(PaillierFailure) {
            key = try DealerCeremony.deal(
                terms.parameters, threshold: terms.threshold(participants: participants),
                shareholders: PaillierTerms.shareholders(participants), from: &source
            ) { boxes.append(ShareBox($0)) }
        } catch {
            throw Abort(.invalidConfiguration, .proposal)
        }
        shares = boxes
    }

    /// A participant's share, once; nil for one that holds none.
    func take(_ participant: Int) -> KeyShare? {
        participant < shares.count ? shares[participant].take() : nil
    }

    /// Lets a share stand in an array until a machine has taken it.
    private final class ShareBox {
        private var share: KeyShare?

        init(_ share: consuming KeyShare) {
            self.share = consume share
        }

        func take() -> KeyShare? { share.take() }
    }
}
