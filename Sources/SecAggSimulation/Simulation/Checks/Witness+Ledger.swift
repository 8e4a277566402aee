internal import CryptoPrimitives
internal import DurableState
internal import RoundProtocol
internal import WireFormat

/// What a participant must never forget.
struct LedgerView {
    var generation: UInt64
    var ledger: ParticipantLedger
}

/// Ledgers, read from the sealed records with the participants' own keys.
///
/// Source: simulation section 4
extension Witness {
    /// Epoch, round and burn mark only rise, and a record never holds less than the one before.
    func checkLedger(_ record: StateRecord, _ owner: Life) {
        guard let ledger = Self.ledger(record, cast.sealingKey(owner.peer)) else {
            return violate(.badStateTaken, "\(owner.peer) writes a record that does not open")
        }
        defer { ledgers[owner] = LedgerView(generation: record.generation, ledger: ledger) }
        guard let known = ledgers[owner] else { return }
        let isRisen =
            record.generation > known.generation && Self.isRisen(known.ledger.epoch, ledger.epoch)
            && Self.isRisen(known.ledger.round, ledger.round)
            && Self.isRisen(known.ledger.lastInput?.round, ledger.lastInput?.round)
            && ledger.encoded().count >= known.ledger.encoded().count
        if !isRisen { violate(.ledgerWentBack, "\(owner.peer), generation \(record.generation)") }
    }

    private static func isRisen(_ old: UInt64?, _ new: UInt64?) -> Bool {
        guard let old else { return true }
        return new.map { $0 >= old } ?? false
    }

    private static func ledger(_ record: StateRecord, _ key: borrowing SealingKey) -> ParticipantLedger? {
        guard let plaintext = try? key.open(record) else { return nil }
        let open = unsafe plaintext.withUnsafeBytes { bytes -> [UInt8] in
            guard bytes.count >= 4 else { return [] }
            let count = Int(unsafe UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self)))
            return count <= bytes.count - 4 ? unsafe [UInt8](bytes[4..<4 + count]) : []
        }
        // Version, id, roster, last frame, shape of the secrets, or of a sum under encryption version, id, roster, key, last
        // frame; then the ledger (durability section 6).
        var reader = ByteReader(open)
        guard let version = try? reader.u16(),
            (try? reader.raw(version == 1 ? 4 + 32 + 32 + 4 + 4 : 4 + 32 + 32 + 32)) != nil,
            let ledger = try? reader.counted(limit: reader.remaining)
        else { return nil }
        var inner = ByteReader(ledger)
        return try? ParticipantLedger(reading: &inner)
    }
}
