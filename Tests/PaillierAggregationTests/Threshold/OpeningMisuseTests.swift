import CryptoPrimitives
import DurableState
import SecAggSimulation
import Testing

@testable import PaillierAggregation

@Suite struct OpeningMisuseTests {
    @Test func rootOpeningIsVerifiedFromPublicData() throws {
        let parties = try ThresholdParties.parties(2)
        let (vectors, sum) = try parties.contributions(3, dimension: 80, seed: 51)
        let request = try parties.request(.jointRoot, vectors)
        let key = parties.key.publicKey
        let opening = try AggregateOpening.combine(parties.open([1, 3], request), request: request, key: parties.key)
        try opening.verifyOpening(of: request, key: key)
        #expect(try opening.decode(parties.packing, dimension: 80, request: request, key: parties.key).values == sum)
        var (plaintexts, roots) = (opening.plaintexts, opening.roots)
        plaintexts[0] ^= 1
        roots[0] ^= 1
        let negated = (key.n - PublicInteger(limbs: opening.roots[..<32])).limbs(32) + opening.roots[32...]
        for (m, r) in [
            (plaintexts, opening.roots), (opening.plaintexts, roots), (opening.plaintexts, negated),
            (opening.plaintexts, [UInt64](repeating: 0, count: roots.count)), (opening.plaintexts, []),
            (Array(opening.plaintexts.dropLast(32)), Array(opening.roots.dropLast(32))),
        ] {
            let changed = AggregateOpening(
                mode: .jointRoot, statement: request.statement, plaintexts: m, roots: r, limbs: 32)
            #expect(throws: PaillierFailure.openingRejected) { try changed.verifyOpening(of: request, key: key) }
        }
        // Of another set, and an opening without roots.
        let other = try parties.request(.jointRoot, Array(vectors.dropLast()))
        #expect(throws: PaillierFailure.openingRejected) { try opening.verifyOpening(of: other, key: key) }
        #expect(throws: PaillierFailure.openingRejected) { try opening.verifyOpening(of: other.aggregate, key: key) }
        let partial = try parties.request(.partialDecryption, vectors)
        let decrypted = try AggregateOpening.combine(parties.open([1, 3], partial), request: partial, key: parties.key)
        #expect(throws: PaillierFailure.openingRejected) { try decrypted.verifyOpening(of: partial, key: key) }
    }

    @Test func recordRefusesOverlaps() throws {
        let parties = try ThresholdParties.parties(2)
        let (vectors, _) = try parties.contributions(8, dimension: 3, seed: 52)
        let key = parties.key
        var record = OpeningRecord(keyID: key.id, minimumCohort: 3)
        #expect(throws: PaillierFailure.cohortTooSmall(minimum: 3, found: 2)) {
            try record.admit(parties.request(.jointRoot, Array(vectors[..<2])), key: key)
        }
        try record.admit(parties.request(.partialDecryption, Array(vectors[..<4])), key: key)
        let before = record
        for (refused, round) in [(vectors[..<4], 1), (vectors[..<3], 1), (vectors[4...], 1), (vectors[3...], 2)] {
            for mode in OpeningMode.allCases {
                #expect(throws: PaillierFailure.setAlreadyOpened) {
                    try record.admit(parties.request(mode, Array(refused), round: UInt64(round)), key: key)
                }
            }
        }
        // An opened ciphertext under another name is still the same ciphertext.
        let renamed = Array(vectors[4...]) + [(sender: UInt32(77), ciphertexts: vectors[0].ciphertexts)]
        #expect(throws: PaillierFailure.setAlreadyOpened) {
            try record.admit(parties.request(.jointRoot, renamed, round: 3), key: key)
        }
        #expect(record == before)
        #expect(try OpeningRecord(bytes: record.bytes()) == record)
        #expect(throws: PaillierFailure.malformed) { try OpeningRecord(bytes: Array(record.bytes().dropLast())) }
        try record.admit(parties.request(.jointRoot, Array(vectors[4...]), round: 2), key: key)
        #expect(record.openedSets == 2)
    }

    @Test func shareholderStoresBeforeItOpens() throws {
        let parties = try ThresholdParties.parties(2)
        let (vectors, _) = try parties.contributions(4, dimension: 3, seed: 53)
        let request = try parties.request(.partialDecryption, vectors)
        let store = MemoryStateStore()
        let name = try #require(RecordName("paillier.openings"))
        var source: any RandomSource = SeededRandomSource(seed: 54)
        let sealing = SealingKey(from: &source)
        func shareholder(minimum: Int = 2) throws -> Shareholder {
            try Shareholder(
                share: KeyShare.decode(parties.share(1).share.bytes(), key: parties.key), key: parties.key,
                minimumCohort: minimum, store: store, sealing: sealing.copy(), name: name)
        }
        var first = try shareholder()
        let partial = try first.open(request, from: &source)
        try partial.verify(for: request, key: parties.key)
        // The same object, and one that starts from what was stored, refuse to open the round or its ciphertexts again.
        var again = try shareholder()
        #expect(again.record.openedSets == 1)
        for replay in [request, try parties.request(.jointRoot, Array(vectors.dropLast()), round: 2)] {
            var errors: [ShareholderFailure] = []
            do throws(ShareholderFailure) { _ = try first.open(replay, from: &source) } catch { errors.append(error) }
            do throws(ShareholderFailure) { _ = try again.open(replay, from: &source) } catch { errors.append(error) }
            #expect(errors == [.refused(.setAlreadyOpened), .refused(.setAlreadyOpened)])
        }
        var refusal: ShareholderFailure?
        do throws(ShareholderFailure) {
            _ = try Shareholder(
                share: KeyShareSource.share(parties), key: parties.key, minimumCohort: 3, store: store,
                sealing: sealing.copy(), name: name)
        } catch { refusal = error }
        #expect(refusal == .refused(.cohortTooSmall(minimum: 2, found: 3)))
        // A store that lost the race keeps the share from leaving.
        let stale = try parties.request(.jointRoot, parties.contributions(3, dimension: 3, seed: 55).vectors, round: 5)
        try store.commit(StateRecord(name: name, generation: 9, sealed: []))
        var lost: ShareholderFailure?
        do throws(ShareholderFailure) { _ = try first.open(stale, from: &source) } catch { lost = error }
        #expect(lost == .store(.staleGeneration(stored: 9, offered: 2)))
    }
}

/// A copy of the first share, made without throwing.
private enum KeyShareSource {
    static func share(_ parties: ThresholdParties) -> KeyShare {
        let share = parties.share(1)
        return KeyShare(
            holder: 1, keyID: parties.key.id, decryption: share.share.decryption.copy(), root: share.share.root.copy())
    }
}
