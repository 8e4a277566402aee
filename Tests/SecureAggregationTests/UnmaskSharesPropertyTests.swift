import CryptoPrimitives
import RoundProtocol
import Testing

@testable import SecureAggregation

/// One share looked up in an encoded list, against the list decoded.
@Suite struct UnmaskSharesPropertyTests {
    private static func share(_ number: UInt32) -> Bytes32 {
        Bytes32(filling: { bytes in
            for index in 0..<4 { bytes[index] = UInt8(truncatingIfNeeded: number >> (8 * index)) }
            bytes[31] = 1
        })
    }

    @Test(arguments: [0, 1, 2, 3, 7, 8, 100, 247]) func lookUp(count: Int) throws {
        // Ids whose order by the first byte is another than by the number.
        let dealers = (0..<UInt32(count)).map { PeerID(rawValue: $0 * 251 + 5) }
        let shares = UnmaskShares(
            agreementDigest: Digest(Bytes32()), shares: dealers.map { ($0, Self.share($0.rawValue)) })
        let body = [0xEE, 0xEE] + shares.encoded() + [0xEE]
        let slice = body[2..<body.count - 1]
        let decoded = try UnmaskShares(decoding: slice, participants: 300)
        #expect(decoded.shares.count == count)
        for entry in decoded.shares { #expect(UnmaskShares.share(of: entry.dealer, in: slice) == entry.share) }
        let listed = Set(dealers)
        for number in 0..<UInt32(251 * count + 10) where !listed.contains(PeerID(rawValue: number)) {
            #expect(UnmaskShares.share(of: PeerID(rawValue: number), in: slice) == nil)
        }
        #expect(UnmaskShares.share(of: .coordinator, in: slice) == nil)
        #expect(UnmaskShares.share(of: 5, in: []) == nil)
    }
}
