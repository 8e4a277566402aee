import CryptoPrimitives
import Testing

/// Claims checked in groups against one verification each.
@Suite struct SignatureClaimPropertyTests {
    /// A claim that is true, or false in one of four ways.
    private func claim(_ spoil: UInt64, _ keys: borrowing SigningKey, _ index: Int) throws -> SignatureClaim {
        // A slice that does not begin at 0; every ninth message is empty.
        let message = pattern(40 + index)[(index % 9 == 0 ? 40 + index : 3)...]
        var signature = keys.sign(Array(message)).bytes
        var key = keys.verifyingKey.value.bytes
        switch spoil {
        case 1: signature[index % 32] ^= 4
        case 2: signature[32 + index % 31] ^= 1
        case 3: key[index % 32] ^= 16
        case 4:
            return SignatureClaim(try #require(Signature(signature)), by: keys.verifyingKey, over: [UInt8(index)][...])
        default: break
        }
        return SignatureClaim(
            try #require(Signature(signature)), by: VerifyingKey(try #require(Bytes32(key))), over: message)
    }

    @Test func isTheFirstThatOneByOneRefuses() throws {
        var source = seeded(21)
        for count in 0...25 {
            for attempt in 0..<6 {
                var claims: [SignatureClaim] = []
                var wrong: Int?
                for index in 0..<count {
                    let key = SigningKey(from: &source)
                    var draw: [UInt8] = [0, 0]
                    unsafe draw.withUnsafeMutableBytes { unsafe source.fill($0) }
                    // No false claim, one at a fixed place, or many.
                    let isFalse = attempt == 0 ? false : attempt < 4 ? index == attempt * count / 4 : draw[0] % 4 == 0
                    if isFalse, wrong == nil { wrong = index }
                    claims.append(try claim(isFalse ? UInt64(1 + draw[1] % 4) : 0, key, index))
                }
                for path in KernelPath.available {
                    #expect(SignatureClaim.firstFalse(among: claims, on: path) == wrong)
                }
            }
        }
    }

    /// Each signature of the collection at every place of a group of true ones.
    @Test(.enabled(if: Wycheproof.isPresent)) func wycheproofVerdicts() throws {
        var source = seeded(22)
        let signer = SigningKey(from: &source)
        let others = try (0..<8).map { try claim(0, signer, $0) }
        for (index, test) in try Wycheproof.signatures().enumerated() {
            guard let signature = test.signature else { continue }
            var claims = others
            claims[index % 8] = SignatureClaim(signature, by: test.key, over: test.message[...])
            #expect(
                SignatureClaim.firstFalse(among: claims) == (test.isValid ? nil : index % 8),
                "case \(test.identifier)")
        }
    }
}
