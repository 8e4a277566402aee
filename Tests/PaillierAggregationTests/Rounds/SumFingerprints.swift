import CryptoPrimitives
import RoundProtocol
import WireFormat

@testable import PaillierAggregation

/// A digest of all that a machine remembers, secrets included, so that a test can see that nothing has changed.
extension PaillierParticipant {
    var fingerprint: Digest {
        var writer = ByteWriter()
        writer.raw(ledger.encoded())
        writer.raw(openings.bytes())
        for frame in [epoch?.proposalFrame, epoch?.join, epoch?.list] + stage.frames {
            writer.counted(frame?.bytes ?? [])
        }
        writer.bytes32((epoch?.session?.id ?? Digest(Bytes32())).value)
        writer.u16(stage.stage.rawValue)
        stage.write(to: &writer)
        for digest in [expectedModel, lastHandled] { writer.bytes32((digest ?? Digest(Bytes32())).value) }
        for bytes in [upload, openingShare] { writer.counted(bytes ?? []) }
        for generation in [generations.state, generations.upload, generations.openings, generations.share] {
            writer.u64(generation)
        }
        writer.limbs(lastOpening?.plaintexts ?? [])
        switch maskSecret {
        case .none: writer.u8(0)
        case .some(let secret): secret.withUnsafeBytes { writer.raw($0) }
        }
        return Blake2b.hash(writer.bytes, Personalisation("test state"))
    }
}

extension PaillierParticipantStage {
    fileprivate var frames: [Frame?] {
        switch self {
        case .expectProposal, .expectJoinList, .expectRoundConfig: []
        case .expectInput(let context): [context.frame]
        case .expectSurvivors(let round): [round.context.frame, round.input, round.acknowledgement]
        case .expectUnmaskRequest(let round), .expectUploads(let round, _): round.frames
        case .expectResult(let round, let assembly): round.frames + [assembly?.header]
        }
    }

    fileprivate func write(to writer: inout ByteWriter) {
        switch self {
        case .expectUploads(_, let fold):
            writer.u32(UInt32(fold.next))
            writer.parts(fold.parts)
            writer.raw(Array("\(fold.contributions)".utf8))
        case .expectResult(_, .some(let assembly)): writer.parts(assembly.parts)
        default: break
        }
    }
}

extension AgreedSum {
    fileprivate var frames: [Frame?] { [context.frame, input, proposal, statement, request, response] }
}

extension PaillierCoordinator {
    var fingerprint: Digest {
        var writer = ByteWriter()
        writer.raw(Array("\(stage)".utf8))
        writer.u64(lastRound ?? .max)
        writer.u64(lastEpoch ?? .max)
        for (name, generation) in generations.sorted(by: { $0.key < $1.key }) {
            writer.raw(Array(name.utf8))
            writer.u64(generation)
        }
        writer.u32(UInt32(refusals.count))
        writer.u8(hasLostUpload ? 1 : 0)
        if let epoch {
            writer.counted(epoch.proposalFrame.bytes)
            for (id, frame) in epoch.joins.sorted(by: { $0.key < $1.key }) {
                writer.u32(id.rawValue)
                writer.counted(frame.bytes)
            }
            writer.counted(epoch.list?.bytes ?? [])
            writer.bytes32((epoch.session?.id ?? Digest(Bytes32())).value)
            for point in epoch.points.sorted() { writer.bytes32(point) }
            for (id, count) in epoch.repeats.sorted(by: { $0.key < $1.key }) {
                writer.u32(id.rawValue)
                writer.u32(UInt32(count))
            }
        }
        for digest in shown.sorted() { writer.bytes32(digest.value) }
        if let round { writer.round(round) }
        return Blake2b.hash(writer.bytes, Personalisation("test state"))
    }
}

extension ByteWriter {
    fileprivate mutating func parts(_ parts: PartAssembly) {
        tracker(parts.tracker)
        counted(parts.bytes)
    }

    fileprivate mutating func tracker(_ tracker: PartTracker) {
        for root in tracker.roots { bytes32(root.value) }
        for index in tracker.missing.sorted() { u32(UInt32(index)) }
    }

    fileprivate mutating func frames(_ frames: [Int: Frame]) {
        count(frames.count)
        for (seat, frame) in frames.sorted(by: { $0.key < $1.key }) {
            u32(UInt32(seat))
            counted(frame.bytes)
        }
    }

    fileprivate mutating func round(_ round: SumCoordinatorRound) {
        counted(round.context.frame.bytes)
        for (seat, upload) in round.pending.sorted(by: { $0.key < $1.key }) {
            u32(UInt32(seat))
            counted(upload.frame.bytes)
            tracker(upload.parts)
        }
        for group in [round.inputs, round.acknowledgements, round.statements, round.rejected] { frames(group) }
        for (seat, count) in round.repeats.sorted(by: { $0.key < $1.key }) {
            u32(UInt32(seat))
            u32(UInt32(count))
        }
        bitmap(round.included)
        raw(Array("\(round.contributions)".utf8))
        counted(round.agreement?.encoded() ?? [])
        for frame in [round.survivorsFrame, round.requestFrame] { counted(frame?.bytes ?? []) }
        bytes32((round.request?.statement ?? Digest(Bytes32())).value)
        for (seat, share) in round.shares.sorted(by: { $0.key < $1.key }) {
            u32(UInt32(seat))
            counted(share.frame.bytes)
            parts(share.parts)
        }
        for (seat, opening) in round.openings.sorted(by: { $0.key < $1.key }) {
            u32(UInt32(seat))
            counted(opening.bytes())
        }
        for seat in round.refused.sorted() { u32(UInt32(seat)) }
        counted(round.opening ?? [])
        for frame in round.result ?? [] { counted(frame.bytes) }
    }
}
