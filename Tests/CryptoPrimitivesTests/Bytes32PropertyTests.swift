import CryptoPrimitives
import Testing

@Suite struct Bytes32PropertyTests {
    @Test func keepsItsBytes() {
        let value = Bytes32(pattern(32))
        #expect(value?.bytes == pattern(32))
        #expect(value?.hex == hex(pattern(32)))
        #expect(value?.withUnsafeBytes { Array($0) } == pattern(32))
        #expect(Bytes32().bytes == [UInt8](repeating: 0, count: 32))
        #expect(pattern(32).withUnsafeBytes { Bytes32(copying: $0) } == value)
        #expect(Bytes32(pattern(40)[4..<36])?.bytes == Array(pattern(40)[4..<36]))
    }

    @Test func readsItsHexadecimalDigits() {
        let value = Bytes32(pattern(32))
        #expect(Bytes32(hex: hex(pattern(32))) == value)
        #expect(Bytes32(hex: hex(pattern(32)).uppercased()) == value)
        let digits = hex(pattern(32))
        for wrong in [
            "", String(digits.dropLast()), digits + "0", "g" + digits.dropFirst(), "0x" + digits.dropFirst(2),
        ] {
            #expect(Bytes32(hex: wrong) == nil, "\(wrong)")
        }
    }

    @Test func refusesOtherLengths() {
        for count in [0, 1, 31, 33, 64] {
            #expect(Bytes32(pattern(count)) == nil)
        }
        for count in [0, 32, 63, 65] {
            #expect(Signature(pattern(count)) == nil)
        }
    }

    @Test func orderIsThatOfTheBytes() {
        var source = seeded(1)
        var values: [[UInt8]] = []
        for _ in 0..<200 {
            var value = draw(32, from: &source)
            // Long common prefixes, so that every byte decides somewhere.
            let shared = Int(value[31]) % 33
            for index in 0..<shared { value[index] = 7 }
            values.append(value)
        }
        for left in values {
            for right in values {
                guard let a = Bytes32(left), let b = Bytes32(right) else { continue }
                #expect((a < b) == left.lexicographicallyPrecedes(right))
                #expect((a == b) == (left == right))
                #expect((Digest(a) < Digest(b)) == (VerifyingKey(a) < VerifyingKey(b)))
                if a == b { #expect(a.hashValue == b.hashValue) }
            }
        }
    }

    @Test func signatureKeepsItsBytes() {
        let signature = Signature(pattern(64))
        #expect(signature?.bytes == pattern(64))
        #expect(signature?.withUnsafeBytes { Array($0) } == pattern(64))
    }
}
