package import CryptoPrimitives
package import RoundProtocol
package import WireFormat

/// When the receiver of a share checks it against the dealer's commitments.
///
/// Source: WIRE section 4
public enum ShareCheck: UInt8, Hashable, Sendable {
    /// On arrival: a bad dealer is known before the round.
    case eager = 0
    /// When a recovered secret does not fit its point: cheaper, and blame is limited.
    case onFailure = 1
}

/// The coordinator's opening: what an epoch will be, before any key exists.
///
/// Source: WIRE section 3
package struct EpochProposal: Hashable, Sendable {
    package var epoch: UInt64
    package var rosterDigest: Digest
    package var rounds: Int
    package var colluders: Int
    package var thresholdRule: ThresholdRule
    package var maskSuites: MaskSuites
    package var graph: AggregationGraph
    package var shareCheck: ShareCheck
    package var advertiseDeadline: Instant
    package var dealDeadline: Instant

    package init(
        epoch: UInt64, rosterDigest: Digest, rounds: Int, colluders: Int, thresholdRule: ThresholdRule,
        maskSuites: MaskSuites, graph: AggregationGraph, shareCheck: ShareCheck, advertiseDeadline: Instant,
        dealDeadline: Instant
    ) {
        self.epoch = epoch
        self.rosterDigest = rosterDigest
        self.rounds = rounds
        self.colluders = colluders
        self.thresholdRule = thresholdRule
        self.maskSuites = maskSuites
        self.graph = graph
        self.shareCheck = shareCheck
        self.advertiseDeadline = advertiseDeadline
        self.dealDeadline = dealDeadline
    }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 96)
        writer.u64(epoch)
        writer.bytes32(rosterDigest.value)
        writer.u32(UInt32(rounds))
        writer.u32(UInt32(colluders))
        switch thresholdRule {
        case .quorum:
            writer.u8(0)
            writer.u32(0)
        case .minimum:
            writer.u8(1)
            writer.u32(0)
        case .explicit(let threshold):
            writer.u8(2)
            writer.u32(UInt32(threshold))
        }
        writer.u16(maskSuites.rawValue)
        switch graph {
        case .complete:
            writer.u8(0)
            writer.u32(0)
            writer.u32(0)
        case .regular(let neighbours, let windowFloor):
            writer.u8(1)
            writer.u32(UInt32(neighbours))
            writer.u32(UInt32(windowFloor))
        }
        writer.u8(shareCheck.rawValue)
        writer.u64(advertiseDeadline.milliseconds)
        writer.u64(dealDeadline.milliseconds)
        return writer.bytes
    }

    package init(decoding body: ArraySlice<UInt8>) throws(DecodingFailure) {
        var reader = ByteReader(body)
        epoch = try reader.u64()
        rosterDigest = Digest(try reader.bytes32())
        rounds = Int(try reader.u32())
        colluders = Int(try reader.u32())
        let (rule, explicit) = (try reader.u8(), Int(try reader.u32()))
        switch rule {
        case 0: thresholdRule = .quorum
        case 1: thresholdRule = .minimum
        case 2: thresholdRule = .explicit(explicit)
        default: throw .invalidValue
        }
        if rule != 2, explicit != 0 { throw .nonCanonical }
        maskSuites = MaskSuites(rawValue: try reader.u16())
        let (kind, neighbours, floor) = (try reader.u8(), Int(try reader.u32()), Int(try reader.u32()))
        switch kind {
        case 0:
            if neighbours != 0 || floor != 0 { throw .nonCanonical }
            graph = .complete
        case 1: graph = .regular(neighbours: neighbours, windowFloor: floor)
        default: throw .invalidValue
        }
        guard let check = ShareCheck(rawValue: try reader.u8()) else { throw .invalidValue }
        shareCheck = check
        advertiseDeadline = Instant(milliseconds: try reader.u64())
        dealDeadline = Instant(milliseconds: try reader.u64())
        try reader.finish()
        if rounds < 1 || rounds > 1 << 16 { throw .invalidValue }
    }
}
