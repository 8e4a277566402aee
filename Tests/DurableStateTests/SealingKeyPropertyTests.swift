import CryptoPrimitives
import SecAggSimulation
import Testing

@testable import DurableState

@Suite struct SealingKeyPropertyTests {
    @Test(arguments: [0, 1, 63, 64, 1000]) func openingUndoesSealing(count: Int) throws {
        var source: any RandomSource = SeededRandomSource(seed: UInt64(count))
        let key = SealingKey(from: &source)
        let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: $0) }
        let record = key.seal(secret(plaintext), name: makeName("round-1"), generation: 7, nonceFrom: &source)
        #expect(record.sealed.count == count + 40)
        let opened = clear(try key.open(record))
        #expect(opened == plaintext)
        let again = clear(try key.copy().open(record))
        #expect(again == plaintext)
        let second = key.seal(secret(plaintext), name: makeName("round-1"), generation: 7, nonceFrom: &source)
        #expect(second.sealed.prefix(24) != record.sealed.prefix(24))
    }

    /// A state that is sealed where it stands becomes, byte for byte, what a copy becomes.
    @Test(arguments: [0, 1, 63, 64, 1000]) func sealingInPlace(count: Int) throws {
        var source: any RandomSource = SeededRandomSource(seed: 3)
        let key = SealingKey(from: &source)
        let plaintext = (0..<count).map { UInt8(truncatingIfNeeded: 3 &* $0) }
        var (one, other): (any RandomSource, any RandomSource) = (
            SeededRandomSource(seed: 4), SeededRandomSource(seed: 4)
        )
        let copied = key.seal(secret(plaintext), name: makeName("round-1"), generation: 7, nonceFrom: &one)
        let room = [UInt8](repeating: 0, count: SealingKey.roomBytes)
        let placed = key.seal(
            behindRoom: room + plaintext, name: makeName("round-1"), generation: 7, nonceFrom: &other)
        #expect(placed.sealed == copied.sealed && placed.sealed.count == count + SealingKey.overheadBytes)
        #expect(placed.name == copied.name && placed.generation == copied.generation)
    }

    @Test func everyChangeIsNoticed() throws {
        var source: any RandomSource = SeededRandomSource(seed: 1)
        let key = SealingKey(from: &source)
        let other = SealingKey(from: &source)
        let record = key.seal(secret([1, 2, 3]), name: makeName("a"), generation: 5, nonceFrom: &source)
        var wrong = [
            StateRecord(name: makeName("b"), generation: 5, sealed: record.sealed),
            StateRecord(name: makeName("a"), generation: 6, sealed: record.sealed),
            StateRecord(name: makeName("a"), generation: 5, sealed: record.sealed + [0]),
        ]
        for count in 0..<record.sealed.count {
            wrong.append(StateRecord(name: makeName("a"), generation: 5, sealed: Array(record.sealed.prefix(count))))
            var sealed = record.sealed
            sealed[count] ^= 1
            wrong.append(StateRecord(name: makeName("a"), generation: 5, sealed: sealed))
        }
        for record in wrong {
            #expect(throws: StateStoreFailure.stateCorrupt) { _ = try key.open(record) }
        }
        #expect(throws: StateStoreFailure.stateCorrupt) { _ = try other.open(record) }
        #expect(throws: CryptoFailure.invalidLength) { _ = try SealingKey(SecretBytes(zeroed: 31)) }
        _ = try SealingKey(SecretBytes(zeroed: 32))
    }

    /// Made by PyNaCl: key 00..1f, nonce 40..57, the associated data spelled out in the documentation.
    @Test func anotherImplementationCanOpenIt() throws {
        let sealed: [UInt8] = [
            0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4A, 0x4B, 0x4C, 0x4D, 0x4E, 0x4F,
            0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0xB5, 0x4D, 0x71, 0x11, 0xB3, 0x8B, 0x59, 0x77,
            0xFB, 0xD4, 0xE3, 0xDF, 0xD8, 0xF2, 0x22, 0xBB, 0xBC, 0x40, 0xB1, 0xD1, 0x64, 0x33, 0x1A, 0xAE,
            0x3E, 0xB6, 0xAE, 0xCB, 0xFA, 0xA6,
        ]
        let key = try SealingKey(secret((0..<32).map { UInt8($0) }))
        let record = StateRecord(name: makeName("client-3.state"), generation: 0x0102_0304_0506_0708, sealed: sealed)
        let opened = clear(try key.open(record))
        #expect(opened == Array("attack at dawn".utf8))
    }

    @Test func namesAreNarrow() {
        for good in ["a", "0", "-", "round-1.state", String(repeating: "z", count: 64), "a.gen", "a..b"] {
            #expect(RecordName(good)?.description == good)
        }
        for bad in [
            "", ".", ".a", "A", "a/b", "a b", "é", "a\0", "a_b", String(repeating: "z", count: 65), "..", "a\n",
        ] {
            #expect(RecordName(bad) == nil)
        }
    }
}
