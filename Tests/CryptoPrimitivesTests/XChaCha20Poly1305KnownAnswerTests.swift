import CryptoPrimitives
import Testing

@Suite struct XChaCha20Poly1305KnownAnswerTests {
    private func seal(_ plaintext: [UInt8], _ data: [UInt8], _ key: [UInt8], nonce: [UInt8]) -> [UInt8] {
        plaintext.withUnsafeBytes { plaintext in
            key.withUnsafeBytes { key in
                XChaCha20Poly1305.seal(plaintext, associatedData: data, key: key, nonce: nonce)
            }
        }
    }

    private func open(_ box: [UInt8], _ data: [UInt8], _ key: [UInt8]) throws(CryptoFailure) -> [UInt8] {
        try withBytes(box) { (box) throws(CryptoFailure) in
            try withBytes(key) { (key) throws(CryptoFailure) in
                let plaintext = try XChaCha20Poly1305.open(box, associatedData: data, key: key)
                return plaintext.withUnsafeBytes { Array($0) }
            }
        }
    }

    @Test(.enabled(if: Wycheproof.isPresent)) func wycheproofVerdicts() throws {
        let file = try Wycheproof.load("xchacha20_poly1305_test.json")
        var checked = 0
        for group in file.groups {
            for test in try Wycheproof.tests(of: group) {
                let (key, nonce) = (try Wycheproof.bytes("key", of: test), try Wycheproof.bytes("iv", of: test))
                let (data, message) = (try Wycheproof.bytes("aad", of: test), try Wycheproof.bytes("msg", of: test))
                let sealed = try Wycheproof.bytes("ct", of: test) + (try Wycheproof.bytes("tag", of: test))
                let identifier = Wycheproof.identifier(of: test)
                let opened = try? open(nonce + sealed, data, key)
                #expect((opened != nil) == Wycheproof.isValid(test), "case \(identifier)")
                if Wycheproof.isValid(test) {
                    #expect(opened == message, "case \(identifier)")
                    #expect(seal(message, data, key, nonce: nonce) == nonce + sealed, "case \(identifier)")
                }
                checked += 1
            }
        }
        #expect(checked == file.count)
    }

    @Test func sealsAndOpensEveryLength() throws {
        var source = seeded(13)
        let key = draw(32, from: &source)
        for count in [0, 1, 15, 16, 17, 63, 64, 65, 1000] {
            let box = pattern(count).withUnsafeBytes { plaintext in
                key.withUnsafeBytes { key in
                    XChaCha20Poly1305.seal(plaintext, associatedData: [1, 2], key: key, nonceFrom: &source)
                }
            }
            #expect(box.count == count + 40)
            #expect(try open(box, [1, 2], key) == pattern(count))
            for position in box.indices {
                var changed = box
                changed[position] ^= 0x80
                #expect(throws: CryptoFailure.authenticationFailed) { try open(changed, [1, 2], key) }
            }
            #expect(throws: CryptoFailure.authenticationFailed) { try open(box, [1, 3], key) }
            #expect(throws: CryptoFailure.authenticationFailed) { try open(box, [], key) }
            #expect(throws: CryptoFailure.authenticationFailed) { try open(box, [1, 2], pattern(32)) }
            #expect(throws: CryptoFailure.authenticationFailed) { try open(box + [0], [1, 2], key) }
        }
    }

    @Test func theNonceComesFromTheSource() {
        var source = seeded(14)
        var copy = source
        let key = pattern(32)
        let boxes = (0..<3).map { _ in
            pattern(5).withUnsafeBytes { plaintext in
                key.withUnsafeBytes {
                    XChaCha20Poly1305.seal(plaintext, associatedData: [], key: $0, nonceFrom: &source)
                }
            }
        }
        for box in boxes { #expect(Array(box.prefix(24)) == draw(24, from: &copy)) }
        #expect(Set(boxes).count == 3)
    }

    @Test func shortBoxesAreRefused() {
        for count in 0..<40 {
            #expect(throws: CryptoFailure.invalidLength) { try open(pattern(count), [], pattern(32)) }
        }
        #expect(throws: CryptoFailure.authenticationFailed) { try open(pattern(40), [], pattern(32)) }
    }
}
