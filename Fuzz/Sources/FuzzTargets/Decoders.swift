import CryptoPrimitives
import DifferentialPrivacy
import FederatedLearning
import PredictiveMaintenance
import RoundProtocol
import SecureAggregation
import WireFormat

/// Decoders alone: what decodes must encode to the same bytes.
enum Decoders {
    static func frame(_ bytes: [UInt8]) {
        guard let frame = try? Frame(bytes) else { return }
        precondition(frame.bytes == bytes, "a frame keeps its bytes")
        let key = FuzzSession.cast.roster.coordinator
        _ = frame.isSigned(by: key)
        let again =
            frame.header.type.isSigned
            ? frame.signature.map { Frame(frame.header, body: [UInt8](frame.body), signature: $0) }
            : Frame(unsigned: frame.header, body: [UInt8](frame.body))
        precondition(again?.bytes == bytes, "a frame has one encoding")
        precondition(again?.digest == frame.digest)
    }

    static func message(_ bytes: [UInt8]) {
        guard let kind = bytes.first else { return }
        let body = bytes.dropFirst()
        let n = FuzzSession.participants
        let encoded: [UInt8]?
        switch kind % 20 {
        case 0: encoded = (try? EpochProposal(decoding: body))?.encoded()
        case 1: encoded = (try? Advertisement(carrier(.advertise, body), rounds: FuzzSession.rounds))?.encoded()
        case 2: encoded = (try? AdvertiseList.frames(in: body, limit: n)).map { AdvertiseList.encoded($0) }
        case 3:
            let points = FuzzSession.recording.advertised
            encoded =
                (try? DealCommitments(carrier(.commitments, body), threshold: FuzzSession.threshold, advertised: points))?
                .encoded(threshold: FuzzSession.threshold)
        case 4:
            encoded =
                (try? ShareBoxes(decoding: body, limit: n, boxBytes: ShareBoxes.boxBytes(rounds: FuzzSession.rounds)))?
                .encoded()
        case 5: encoded = (try? Delivery(decoding: body, limit: n))?.encoded()
        case 6: encoded = (try? Receipt(decoding: body, participants: n))?.encoded()
        case 7: encoded = (try? RoundConfig(decoding: body, participants: n))?.encoded()
        case 8: encoded = (try? MaskedInput(decoding: body))?.encoded()
        case 9: encoded = (try? ChunkRoots.decoding(body, limit: 1 << 12)).map { ChunkRoots.encoded($0) }
        case 10:
            guard let chunk = try? UploadFrames.chunk(body) else { return }
            precondition(chunk.bytes.count + 4 == body.count)
            _ = UploadFrames.range(of: chunk.index, byteCount: 1 << 22)
            return
        case 11: encoded = (try? Acknowledgement(decoding: body))?.encoded()
        case 12:
            encoded = (try? SurvivorList(decoding: body, participants: n)).map {
                SurvivorList.encoded($0.agreement, inputs: $0.inputs)
            }
        case 13:
            var reader = ByteReader(body)
            let agreement = try? Agreement(reading: &reader, participants: n)
            encoded = reader.remaining == 0 ? agreement?.encoded() : nil
        case 14: encoded = (try? UnmaskRequest(decoding: body, participants: n))?.encoded()
        case 15: encoded = (try? UnmaskShares(decoding: body, participants: n))?.encoded()
        case 16: encoded = (try? ResultHeader(decoding: body))?.encoded()
        case 17: encoded = (try? AbortNotice(decoding: body))?.encoded()
        case 18:
            var reader = ByteReader(body)
            let ledger = try? ParticipantLedger(reading: &reader)
            encoded = reader.remaining == 0 ? ledger?.encoded() : nil
        default:
            var tracker = PartTracker(byteCount: 1 << 21, digest: Digest(Bytes32()))
            try? tracker.takeRoots(body, .input, from: PeerID(rawValue: 0))
            _ = try? tracker.check(body, .input, from: PeerID(rawValue: 0), threads: 1)
            return
        }
        if let encoded { precondition(encoded == [UInt8](body), "message \(kind % 20) has two encodings") }
    }

    /// A frame around a body, for messages that are decoded from one.
    static func carrier(_ type: FrameType, _ body: ArraySlice<UInt8>) -> Frame {
        FuzzSession.cast.frame(
            FrameHeader(type, sender: PeerID(rawValue: 1), session: Digest(Bytes32()), round: 1), [UInt8](body))
    }

    static func evidence(_ bytes: [UInt8]) {
        if let file = try? EvidenceFile(decoding: bytes) {
            precondition(file.encoded() == bytes, "an evidence file has one encoding")
            _ = try? file.verify(roster: FuzzSession.cast.roster)
            let evidence = Evidence(frames: file.frames)
            if let proof = EvidenceFile(evidence, roster: FuzzSession.cast.roster) {
                precondition((try? proof.verify(roster: FuzzSession.cast.roster)) != nil)
            }
        }
        if let file = try? RosterFile(decoding: bytes) {
            let again = try? RosterFile(decoding: file.json.encoded(keys: .sorted))
            precondition(again?.roster == file.roster)
        }
    }

    static func json(_ bytes: [UInt8]) {
        guard let value = try? JSONValue(parsing: bytes, limit: 1 << 20) else { return }
        guard let text = try? value.encoded(keys: .sorted) else { return }
        guard let again = try? JSONValue(parsing: text, limit: 1 << 24) else {
            preconditionFailure("what is written can be read")
        }
        precondition((try? again.encoded(keys: .sorted)) == text, "canonical text is a fixed point")
    }

    static func ledger(_ bytes: [UInt8]) {
        guard let record = try? LedgerRecord(reading: bytes) else { return }
        precondition(record.text == bytes, "a ledger has one encoding")
    }

    /// The body under a signature that fits, so that what lies behind the signature is reached.
    static func report(_ bytes: [UInt8]) {
        let key = FuzzSession.cast.identity(PeerID(rawValue: 0))
        _ = try? PrivacyReport(verifying: bytes, key: key.verifyingKey)
        guard let value = try? JSONValue(parsing: bytes, limit: 1 << 20), let members = value.members else { return }
        let signed = members.filter { $0.key != "signature" }
        guard let text = try? JSONValue.object(signed).encoded(keys: .sorted) else { return }
        let signature: JSONValue = [
            "ed25519": .string(hex(key.sign(text).bytes)),
            "public_key": .string(hex(key.verifyingKey.value.bytes)),
            "key_id": .string(hex(PrivacyReport.keyID(of: key.verifyingKey).value.bytes)),
        ]
        guard
            let whole = try? JSONValue.object(signed + [JSONMember("signature", signature)]).encoded(keys: .sorted),
            let report = try? PrivacyReport(verifying: whole, key: key.verifyingKey)
        else { return }
        precondition(report.bytes == whole)
    }

    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    static func table(_ bytes: [UInt8]) {
        guard let kind = bytes.first else { return }
        let text = [UInt8](bytes.dropFirst())
        switch kind % 3 {
        case 0: _ = try? TurbofanTable(parsing: text, of: TurbofanFile(.fd001, .training))
        case 1: _ = try? RemainingLifeList(parsing: text, of: TurbofanFile(.fd001, .remainingLife))
        default: _ = try? MillingTable(parsing: text)
        }
    }
}
