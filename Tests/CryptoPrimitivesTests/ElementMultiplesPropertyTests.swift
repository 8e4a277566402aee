import Testing

@testable import CryptoPrimitives

/// Products by a table are libsodium's, byte for byte, however many there are.
@Suite struct ElementMultiplesPropertyTests {
    @Test(arguments: [1, 2, 3, 4, 5, 31, 32, 33, 64, 65, 100])
    func productsAreThoseOfTheScalarsAlone(count: Int) throws {
        var random = seeded(77)
        var multiples = ElementMultiples(capacity: 100)
        for _ in 0..<3 {
            let element = SecretScalar(random: &random).publicElement()
            var expected: [String] = []
            for _ in 0..<count {
                let scalar = SecretScalar(random: &random)
                scalar.withUnsafeBytes { multiples.append($0) }
                expected.append(reveal(try scalar.sharedSecret(with: element)))
            }
            var got: [String] = []
            try multiples.multiply(element) { index, product in
                #expect(index == got.count)
                got.append(hex(product))
            }
            #expect(got == expected)
        }
    }

    /// The bytes of an element with the 256th bit set are another encoding of it, and none that is taken.
    @Test func theLastBitIsZero() throws {
        var random = seeded(78)
        for _ in 0..<8 {
            var bytes = SecretScalar(random: &random).publicElement().value.bytes
            bytes[31] |= 0x80
            let value = try #require(Bytes32(bytes))
            #expect(throws: CryptoFailure.invalidPoint) { try GroupElement(value) }
        }
    }
}
