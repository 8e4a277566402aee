import CryptoPrimitives
import SecAggSimulation
import Testing

@testable import PaillierAggregation

/// Keys of toy size are for rehearsals inside the package: nobody can bring one.
@Suite struct ToyKeyMisuseTests {
    @Test func bytesOfAToyKeyAreRefused() throws {
        let key = ToyThresholdKey.twoOfThree.key
        #expect(!PaillierParameters.all.contains(.toy512))
        #expect(throws: PaillierFailure.unknownParameters(.max)) { try PaillierParameters(id: .max) }
        #expect(throws: PaillierFailure.unknownParameters(.max)) { try PublicKey(bytes: key.publicKey.bytes()) }
        #expect(throws: PaillierFailure.unknownParameters(.max)) { try ThresholdPublicKey(bytes: key.bytes()) }
        #expect(PaillierParameters.toy512.securityStatement.hasPrefix("None"))
    }

    /// What a rehearsal rests on: the key passes the checks of any key, and its shares open what it encrypts.
    @Test func aToyKeyIsAKey() throws {
        let dealt = ToyThresholdKey.threeOfFour
        try dealt.key.verify()
        if case .some = dealt.share(of: 4) { Issue.record("a fifth share") }
        let parameters = dealt.key.publicKey.parameters
        let packing = try PlaintextPacking(for: parameters, valueBound: 100, participants: 4)
        var source: any RandomSource = SeededRandomSource(seed: 8)
        var contributions: [(sender: UInt32, ciphertexts: CiphertextVector)] = []
        for sender in 0..<4 {
            let plaintexts = try packing.encode([Int64(sender), -50, 7], for: dealt.key.publicKey)
            contributions.append(
                (UInt32(sender), try Encryptor(dealt.key.publicKey).encrypt(plaintexts, from: &source)))
        }
        let request = try OpeningRequest(
            mode: .partialDecryption, session: Digest(Bytes32()), round: 1, contributions: contributions,
            key: dealt.key)
        var parts: [PartialOpening] = []
        for id in 1..<4 {
            switch dealt.share(of: id) {
            case .none: Issue.record("shareholder \(id) has a share")
            case .some(let share): parts.append(try share.open(request, key: dealt.key, from: &source))
            }
        }
        let opening = try AggregateOpening.combine(parts, request: request, key: dealt.key)
        let plaintexts = try PlaintextVector(
            limbs: opening.plaintexts, key: dealt.key.publicKey, codecID: packing.digest)
        let sum = try packing.decode(plaintexts, dimension: 3, expectedCount: 4, for: dealt.key.publicKey)
        #expect(sum.0 == [6, -200, 28])
    }
}
