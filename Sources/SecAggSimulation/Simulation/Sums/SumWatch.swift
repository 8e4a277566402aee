internal import CryptoPrimitives
internal import PaillierAggregation
internal import RoundProtocol

/// What the witness knows of encrypted sums beside what it knows of all.
///
/// Source: simulation section 7
final class SumWatch {
    let opening: OpeningTerms
    /// Parts of openings by their digest, as shareholders stored them.
    var parts: [Digest: [UInt8]] = [:]
    /// The ciphertext behind every residue modulo n, hence behind every r.
    var residues: [Digest: Digest] = [:]
    /// The ciphertexts of every contribution, whatever its proof.
    var ciphertexts: [Digest: Digest] = [:]
    /// The round in which ciphertexts were opened.
    var openedIn: [Digest: Witness.RoundKey] = [:]
    /// For each survivor set the promise that each member is counted with.
    var promises: [Digest: [PeerID: Digest]] = [:]
    /// The process that gave its part first, and those that run.
    var givenBy: [Witness.HeldKey: Int] = [:]
    var incarnations: [PeerID: Int] = [:]
    /// Sets opened, by the newest record of each shareholder.
    var openedSets: [Witness.Life: (generation: UInt64, sets: Int)] = [:]
    private var promised: [Digest: [PeerID: Digest]] = [:]

    init(_ opening: OpeningTerms) { self.opening = opening }

    var key: ThresholdPublicKey { opening.dealt.key }

    func notePromise(_ digest: Digest, of peer: PeerID, for config: Digest) {
        promised[config, default: [:]][peer] = digest
    }

    /// A contribution that somebody else has promised for a configuration.
    func contribution(of config: Digest, besides peer: PeerID) -> Digest? {
        (promised[config] ?? [:]).filter { $0.key != peer }.min { $0.key < $1.key }?.value
    }

    /// The contributions behind a survivor set, by ascending sender; nil when the bytes of one are not known.
    func contributions(
        to agreement: Digest, _ witness: Witness
    ) -> [(sender: UInt32, ciphertexts: CiphertextVector)]? {
        guard let promises = promises[agreement], let config = witness.agreements[agreement]?.configDigest,
            let codec = witness.configurations[config]?.receiptsDigest
        else { return nil }
        var found: [(sender: UInt32, ciphertexts: CiphertextVector)] = []
        for (peer, digest) in promises.sorted(by: { $0.key < $1.key }) {
            guard let bytes = witness.words[digest],
                let vector = SumUpload.ciphertexts(of: bytes, codecID: codec, key: key.publicKey)
            else { return nil }
            found.append((peer.rawValue, vector))
        }
        return found
    }
}
