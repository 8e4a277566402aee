/// The kinds of frames of both sums.
///
/// Source: WIRE section 2
public enum FrameType: UInt16, Sendable, CaseIterable {
    case epochProposal = 1
    case advertise = 2
    case advertiseList = 3
    case commitments = 4
    case shares = 5
    case delivery = 6
    case receipt = 7
    case roundConfig = 8
    case maskedInput = 9
    case chunkRoots = 10
    case chunk = 11
    case acknowledgement = 12
    case survivors = 13
    case survivorStatement = 14
    case unmaskRequest = 15
    case unmaskShares = 16
    case result = 17
    case abort = 18
    case sumProposal = 19
    case join = 20
    case joinList = 21
    case openingShare = 22

    /// Whether the sender's signature follows the body.  The parts of an upload carry none: each is checked against
    /// the digest in a signed frame when it arrives.
    public var isSigned: Bool {
        self != .chunkRoots && self != .chunk
    }

    /// The most bytes a body of this type may have, checked before anything is read.
    package var maximumBodyBytes: Int {
        switch self {
        case .chunk: 4 + (1 << 20)
        case .advertiseList, .joinList, .delivery, .survivors, .unmaskRequest: 1 << 28
        case .advertise, .commitments, .shares, .unmaskShares: 1 << 24
        default: 1 << 20
        }
    }

    /// The stage in which a frame of this type is read.
    package var stage: Stage {
        switch self {
        case .epochProposal, .sumProposal: .proposal
        case .advertise, .advertiseList, .join, .joinList: .advertise
        case .commitments, .shares, .delivery, .receipt: .deal
        case .roundConfig: .announce
        case .maskedInput, .chunkRoots, .chunk, .acknowledgement: .input
        case .survivors, .survivorStatement: .survivors
        case .unmaskRequest, .unmaskShares, .openingShare: .unmask
        case .result, .abort: .result
        }
    }
}
