import CryptoPrimitives
import RingVectors
import RoundProtocol
import WireFormat

@testable import SecureAggregation

/// A digest of all that a machine remembers, secrets included, so that a test can see that nothing has changed.
extension Participant {
    var fingerprint: Digest {
        var writer = ByteWriter()
        writer.raw(ledger.encoded())
        let frames = epoch.map { [$0.proposalFrame, $0.advertise, $0.list, $0.commitments, $0.shares, $0.receipt] }
        for frame in (frames ?? []) + stage.frames { writer.counted(frame?.bytes ?? []) }
        for holder in epoch?.holders ?? [] { writer.u32(UInt32(holder)) }
        writer.bitmap(epoch?.held ?? Bitmap(count: 0))
        writer.bytes32((epoch?.session?.id ?? Digest(Bytes32())).value)
        writer.u16(stage.stage.rawValue)
        writer.counted(stage.assembled)
        writer.bytes32((expectedModel ?? Digest(Bytes32())).value)
        writer.bytes32((lastHandled ?? Digest(Bytes32())).value)
        writer.counted(upload ?? [])
        writer.u64(generation)
        writer.u32(UInt32(refusals.count))
        var secret = [UInt8](repeating: 0, count: secrets.snapshotBytes)
        secret.withUnsafeMutableBytes { secrets.copy(into: $0) }
        writer.raw(secret)
        return Blake2b.hash(writer.bytes, Personalisation("test state"))
    }
}

extension ParticipantStage {
    fileprivate var frames: [Frame?] {
        switch self {
        case .expectProposal, .expectAdvertiseList, .expectDelivery, .expectRoundConfig: []
        case .expectInput(let context): [context.frame]
        case .expectSurvivors(let round): [round.context.frame, round.input, round.acknowledgement]
        case .expectUnmaskRequest(let round): round.frames
        case .expectResult(let round, let assembly): round.frames + [assembly?.header]
        }
    }

    fileprivate var assembled: [UInt8] {
        guard case .expectResult(_, .some(let assembly)) = self else { return [] }
        var writer = ByteWriter()
        for root in assembly.parts.tracker.roots { writer.bytes32(root.value) }
        for index in assembly.parts.tracker.missing.sorted() { writer.u32(UInt32(index)) }
        writer.raw(assembly.parts.bytes)
        return writer.bytes
    }
}

extension AgreedRound {
    fileprivate var frames: [Frame?] { [context.frame, input, proposal, statement, response] }
}

extension Coordinator {
    var fingerprint: Digest {
        var writer = ByteWriter()
        writer.u16(stage.stage.rawValue)
        writer.raw(Array("\(stage)".utf8))
        writer.u64(lastRound ?? .max)
        for (name, generation) in generations.sorted(by: { $0.key < $1.key }) {
            writer.raw(Array(name.utf8))
            writer.u64(generation)
        }
        writer.u32(UInt32(refusals.count))
        if let epoch {
            writer.counted(epoch.proposalFrame.bytes)
            for (id, frame) in epoch.advertisements.sorted(by: { $0.key < $1.key }) {
                writer.u32(id.rawValue)
                writer.counted(frame.bytes)
            }
            for key in epoch.advertisedKeys.sorted() { writer.bytes32(key) }
            writer.counted(epoch.list?.bytes ?? [])
            writer.bytes32((epoch.session?.id ?? Digest(Bytes32())).value)
            let shares = epoch.shares.seats.map { ($0, epoch.shares[$0]) }
            for frames in [
                epoch.commitments, Dictionary(uniqueKeysWithValues: shares).compactMapValues(\.self), epoch.receipts,
            ] {
                writer.frames(frames)
            }
            writer.bitmap(epoch.dealers)
            for (seat, held) in epoch.holdings.sorted(by: { $0.key < $1.key }) {
                writer.u32(UInt32(seat))
                writer.bitmap(held)
            }
        }
        if let round { writer.round(round) }
        return Blake2b.hash(writer.bytes, Personalisation("test state"))
    }
}

extension ByteWriter {
    fileprivate mutating func frames(_ frames: [Int: Frame]) {
        count(frames.count)
        for (seat, frame) in frames.sorted(by: { $0.key < $1.key }) {
            u32(UInt32(seat))
            counted(frame.bytes)
        }
    }

    fileprivate mutating func round(_ round: CoordinatorRound) {
        counted(round.context.frame.bytes)
        for (seat, upload) in round.pending.sorted(by: { $0.key < $1.key }) {
            u32(UInt32(seat))
            counted(upload.frame.bytes)
            for root in upload.parts.roots { bytes32(root.value) }
            for index in upload.parts.missing.sorted() { u32(UInt32(index)) }
        }
        frames(round.inputs)
        frames(round.acknowledgements)
        bitmap(round.included)
        counted(round.accumulator.littleEndianBytes())
        counted(round.agreement?.encoded() ?? [])
        for frame in [round.survivorsFrame, round.requestFrame] { counted(frame?.bytes ?? []) }
        frames(round.statements)
        frames(round.responses)
        u8(round.isRecoverable ? 1 : 0)
        for (dealer, holders) in round.wrong.sorted(by: { $0.key < $1.key }) {
            u32(UInt32(dealer))
            for holder in holders.sorted() { u32(UInt32(holder)) }
        }
    }
}
