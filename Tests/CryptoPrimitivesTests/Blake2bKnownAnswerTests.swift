import CryptoPrimitives
import Testing

@Suite struct Blake2bKnownAnswerTests {
    private let personal = Personalisation("QSA1 test")

    @Test func agreesWithHashlib() {
        for row in KnownAnswers.blake2b {
            let data = pattern(row.data)
            for piece in [1, 7, 64, 128, 1000] {
                var hash = withBytes(pattern(row.key)) { key in
                    key.isEmpty
                        ? Blake2b(personal, outputBytes: row.output)
                        : Blake2b(personal, key: key, outputBytes: row.output)
                }
                for start in stride(from: 0, to: data.count, by: piece) {
                    hash.update(data[start..<min(start + piece, data.count)])
                }
                var output = SecretBytes(zeroed: row.output)
                hash.finalize(into: &output)
                #expect(reveal(output) == row.digest)
            }
        }
    }

    @Test func oneShotAgreesWithHashlib() {
        for row in KnownAnswers.blake2b where row.key == 0 && row.output == 32 {
            #expect(Blake2b.hash(pattern(row.data), personal).value.hex == row.digest)
        }
        #expect(Blake2b.hash(pattern(100), Personalisation("")).value.hex == KnownAnswers.blake2bEmptyPersonal)
        #expect(
            Blake2b.hash(pattern(100), Personalisation("0123456789abcdef")).value.hex
                == KnownAnswers.blake2bFullPersonal)
    }

    @Test func integersAreLittleEndian() {
        var hash = Blake2b(personal)
        hash.update(pattern(5))
        hash.update(littleEndian: UInt32(0x0102_0304))
        hash.update(littleEndian: UInt64(0x1112_1314_1516_1718))
        hash.update(bytes32(hex(pattern(32))))
        let digest = hash.finalize()
        #expect(digest.value.hex == KnownAnswers.blake2bPieces)

        var again = Blake2b(personal)
        pattern(5).withUnsafeBytes { again.update($0) }
        again.update(littleEndian: UInt32(0x0102_0304))
        again.update(littleEndian: UInt64(0x1112_1314_1516_1718))
        again.update(Digest(bytes32(hex(pattern(32)))))
        let second = again.finalize()
        #expect(second == digest)
    }
}
