internal import CryptoPrimitives
package import PaillierAggregation

/// A dealt threshold key of toy size with all its shares in one place, as no real party ever has them.
///
/// > Important: 512 bits protect nothing. For the simulator and the fuzzer, whose module is in no library product.
///
/// Source: simulation section 7
package final class ToyThresholdKey: Sendable {
    /// The key, the same in every process that deals with the same seed.
    package let key: ThresholdPublicKey
    private let shares: [SealedShare]

    /// A share as its bytes, of which every new process of its holder reads its own.
    private final class SealedShare: Sendable {
        let bytes: SecretBytes
        init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
    }

    /// Deals; any `threshold` of `shareholders` open.
    ///
    /// - Complexity: two safe primes of 256 bits, some 20 ms.
    package init(threshold: Int, shareholders: Int, seed: UInt64) {
        var source: any RandomSource = SeededRandomSource(seed: seed, label: "toy key")
        var shares: [SealedShare] = []
        do throws(PaillierFailure) {
            key = try DealerCeremony.deal(
                .toy512, threshold: threshold, shareholders: shareholders, from: &source
            ) { shares.append(SealedShare($0.bytes())) }
        } catch {
            preconditionFailure("a key of \(threshold) of \(shareholders): \(error)")
        }
        self.shares = shares
    }

    /// The share of a roster index; nil for a company that holds none.
    package func share(of id: Int) -> KeyShare? {
        guard shares.indices.contains(id) else { return nil }
        do throws(PaillierFailure) {
            return try KeyShare.decode(shares[id].bytes, key: key)
        } catch {
            preconditionFailure("a dealt share reads: \(error)")
        }
    }

    /// Two of three.
    package static let twoOfThree = ToyThresholdKey(threshold: 2, shareholders: 3, seed: 1)
    /// Three of four.
    package static let threeOfFour = ToyThresholdKey(threshold: 3, shareholders: 4, seed: 2)
}
