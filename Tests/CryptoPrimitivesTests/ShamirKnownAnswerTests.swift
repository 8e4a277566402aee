import CryptoPrimitives
import Testing

@Suite struct ShamirKnownAnswerTests {
    @Test func agreesWithIntegers() throws {
        for row in KnownAnswers.shamir {
            var source = seeded(row.seed)
            let secret = SecretScalar(random: &source)
            #expect(reveal(secret) == row.secret)
            let count = row.holders.count
            for (first, stride) in [(0, 1), (2, 3)] {
                var copy = source
                var shares = SecretSlab(slotCount: first + count * stride, slotBytes: 32)
                let commitments = Shamir.deal(
                    secret, threshold: row.threshold, holders: row.holders, into: &shares, firstSlot: first,
                    slotStride: stride, from: &copy)
                #expect(commitments.map(\.value.hex) == row.commitments)
                for position in 0..<count {
                    let share = shares.withSlot(first + position * stride) { hex($0) }
                    #expect(share == row.shares[position])
                }
                // Nothing is written beside the slots asked for.
                let written = Set((0..<count).map { first + $0 * stride })
                for slot in 0..<shares.slotCount where !written.contains(slot) {
                    let isUntouched = shares.withSlot(slot) { !$0.contains { $0 != 0 } }
                    #expect(isUntouched)
                }
            }
        }
    }

    @Test func recoversFromTheIntegersShares() throws {
        for row in KnownAnswers.shamir {
            var shares = SecretSlab(slotCount: row.holders.count, slotBytes: 32)
            for (slot, share) in row.shares.enumerated() {
                shares.withMutableSlot(slot) { $0.copyBytes(from: bytes(share)) }
            }
            let secret = try Shamir.combine(shares, weights: Shamir.Weights(holders: row.holders))
            #expect(reveal(secret) == row.secret)
        }
    }

    /// A share of one and zeros elsewhere gives back the weight itself.
    @Test func weightsAreThoseOfTheIntegers() throws {
        for row in KnownAnswers.shamir {
            let weights = try Shamir.Weights(holders: row.holders)
            #expect(weights.holders == row.holders)
            for position in row.holders.indices {
                var unit = SecretSlab(slotCount: row.holders.count, slotBytes: 32)
                unit.withMutableSlot(position) { $0[0] = 1 }
                let weight = try Shamir.combine(unit, weights: weights)
                #expect(reveal(weight) == row.weights[position])
            }
        }
    }

    @Test func commitmentsAcceptExactlyTheirShares() throws {
        for row in KnownAnswers.shamir {
            let commitments = try row.commitments.map { try GroupElement(bytes32($0)) }
            for (position, holder) in row.holders.enumerated() {
                for (other, share) in row.shares.enumerated() {
                    let verdict = bytes(share).withUnsafeBytes {
                        Shamir.isConsistent(share: $0, holder: holder, commitments: commitments)
                    }
                    #expect(verdict == (position == other || row.threshold == 1))
                }
            }
        }
    }
}
