import CryptoPrimitives
import Testing

@Suite struct KeyExchangeKnownAnswerTests {
    @Test func agreesWithX25519AndHashlib() throws {
        for (index, row) in KnownAnswers.keyExchange.enumerated() {
            var source = seeded(200 + UInt64(index))
            let client = KeyExchangeKey(from: &source)
            let server = KeyExchangeKey(from: &source)
            #expect(client.publicKey.value.hex == row.client)
            #expect(server.publicKey.value.hex == row.server)
            let clientKeys = try client.sessionKeys(with: server.publicKey, role: .client)
            let serverKeys = try server.sessionKeys(with: client.publicKey, role: .server)
            #expect(reveal(clientKeys) == row.clientKeys)
            // What one side receives with, the other transmits with.
            #expect(reveal(serverKeys) == String(row.clientKeys.suffix(64) + row.clientKeys.prefix(64)))
            let restored = KeyExchangeKey(seed: client.withSeed { SecretBytes(copying: $0) })
            #expect(restored.publicKey == client.publicKey)
        }
    }

    @Test func smallOrderPeersAreRefused() {
        var source = seeded(12)
        let key = KeyExchangeKey(from: &source)
        let weak = [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ]
        for encoding in weak {
            var bytes = bytes32(encoding).bytes
            #expect(KeyExchangePublicKey(bytes32(encoding)).hasSmallOrder)
            bytes[31] |= 0x80
            #expect(KeyExchangePublicKey(bytes32(hex(bytes))).hasSmallOrder)
            for index in 0..<255 {
                bytes[index / 8] ^= 1 << (index % 8)
                let changed = bytes32(hex(bytes))
                #expect(KeyExchangePublicKey(changed).hasSmallOrder == isRefused(changed), "\(changed.hex)")
                bytes[index / 8] ^= 1 << (index % 8)
            }
            for role in [KeyExchangeKey.Role.client, .server] {
                do {
                    _ = try key.sessionKeys(with: KeyExchangePublicKey(bytes32(encoding)), role: role)
                    Issue.record("a small-order key was taken: \(encoding)")
                } catch {
                    #expect(error == .weakKey)
                }
            }
        }
    }

    /// What libsodium says of a point.
    private func isRefused(_ point: Bytes32) -> Bool {
        do {
            _ = try withBytes([UInt8](repeating: 8, count: 32)) { (scalar) throws(CryptoFailure) in
                try X25519.scalarMultiply(scalar: scalar, point: point)
            }
            return false
        } catch {
            return true
        }
    }

    @Test(.enabled(if: Wycheproof.isPresent)) func wycheproofVerdicts() throws {
        let file = try Wycheproof.load("x25519_test.json")
        let zero = [UInt8](repeating: 0, count: 32)
        var refused = 0
        var checked = 0
        for group in file.groups {
            for test in try Wycheproof.tests(of: group) {
                let shared = try Wycheproof.bytes("shared", of: test)
                let scalar = try Wycheproof.bytes("private", of: test)
                let point = bytes32(hex(try Wycheproof.bytes("public", of: test)))
                let identifier = Wycheproof.identifier(of: test)
                #expect(KeyExchangePublicKey(point).hasSmallOrder == (shared == zero), "case \(identifier)")
                do {
                    let result = try withBytes(scalar) { (scalar) throws(CryptoFailure) in
                        try X25519.scalarMultiply(scalar: scalar, point: point)
                    }
                    #expect(shared != zero, "case \(identifier)")
                    #expect(reveal(result) == hex(shared), "case \(identifier)")
                } catch {
                    #expect(error == .weakKey)
                    #expect(shared == zero && !Wycheproof.isValid(test), "case \(identifier)")
                    refused += 1
                }
                checked += 1
            }
        }
        #expect(checked == file.count)
        #expect(refused == 31)
    }
}
