public import CryptoPrimitives
public import DurableState

/// A shareholder: holds one share, and opens under its own rules whatever a server says.
///
/// It opens a set only once it has stored that it did, one set a round, never fewer contributors than its minimum, never a contribution
/// twice, and only aggregates it multiplied itself (`OpeningRequest`). A share whose sending failed is sent
/// again from the bytes that were kept, not made again.
///
/// > Important: Confidentiality of individual updates holds unless (a) t shareholders collude with someone holding
/// > individual ciphertexts, or (b) the key dealer kept the primes and sees individual ciphertexts. Dealer deletion
/// > cannot be verified. Recorded ciphertexts fall to a future quantum computer.
///
/// Source: threshold-paillier section 6
public struct Shareholder: ~Copyable {
    private let share: KeyShare
    private let key: ThresholdPublicKey
    private let store: any StateStore
    private let sealing: SealingKey
    private let name: RecordName
    private var generation: UInt64

    /// What has been opened so far.
    public private(set) var record: OpeningRecord

    /// Takes a share that belongs to a verified key, and the record in `store` if there is one.
    ///
    /// Throws `.refused` when the share is not the key's, when the record is another key's (`keyMismatch`) or was made with another
    /// minimum (`cohortTooSmall`); `.store` when the store fails or the record is damaged.
    public init(
        share: consuming KeyShare, key: ThresholdPublicKey, minimumCohort: Int, store: any StateStore,
        sealing: consuming SealingKey, name: RecordName
    ) throws(ShareholderFailure) {
        var record = OpeningRecord(keyID: key.id, minimumCohort: minimumCohort)
        var generation: UInt64 = 0
        do throws(StateStoreFailure) {
            if let stored = try store.latest(name) {
                let bytes = try sealing.open(stored)
                do throws(PaillierFailure) {
                    record = try OpeningRecord(bytes: unsafe bytes.withUnsafeBytes { unsafe Array($0) })
                } catch {
                    throw .stateCorrupt
                }
                generation = stored.generation
            }
        } catch {
            throw .store(error)
        }
        do throws(PaillierFailure) {
            try share.verify(against: key)
            guard record.keyID == key.id else { throw .keyMismatch }
            guard record.minimumCohort == minimumCohort else {
                throw .cohortTooSmall(minimum: record.minimumCohort, found: minimumCohort)
            }
        } catch {
            throw .refused(error)
        }
        self.share = share
        self.key = key
        self.store = store
        self.sealing = sealing
        self.name = name
        self.generation = generation
        self.record = record
    }

    /// Makes this shareholder's part of an opening, after storing that the set was opened.
    ///
    /// Throws `.refused` with the failures of `OpeningRecord.admit`, `.store` when the record could not be made durable; the
    /// round then counts as opened if the store kept it.
    /// - Complexity: one exponentiation a ciphertext: 2 modulusBits bits modulo n^2 in `partialDecryption`, modulusBits bits
    ///   modulo n in `jointRoot`; and 160 products for the proof.
    public mutating func open(
        _ request: OpeningRequest, from source: inout any RandomSource
    ) throws(ShareholderFailure) -> PartialOpening {
        var next = record
        do throws(PaillierFailure) {
            try next.admit(request, key: key)
        } catch {
            throw .refused(error)
        }
        let bytes = next.bytes()
        let secret = unsafe bytes.span.bytes.withUnsafeBytes { unsafe SecretBytes(copying: $0) }
        do throws(StateStoreFailure) {
            try store.commit(sealing.seal(secret, name: name, generation: generation + 1, nonceFrom: &source))
        } catch {
            throw .store(error)
        }
        generation += 1
        record = next
        do throws(PaillierFailure) {
            return try share.open(request, key: key, from: &source)
        } catch {
            throw .refused(error)
        }
    }
}

/// Why a shareholder opens nothing.
public enum ShareholderFailure: Error, Equatable, Sendable {
    /// Its rules, or the request, do not allow it.
    case refused(PaillierFailure)
    /// What it opened could not be stored or read.
    case store(StateStoreFailure)
}
