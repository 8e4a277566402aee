internal import CryptoPrimitives
internal import DurableState
internal import RingVectors
internal import RoundProtocol
internal import SecureAggregation
internal import WireFormat

/// Inputs, keystreams and sums.
///
/// Source: simulation section 4
extension Witness {
    /// The application hands an update in.
    func submitting(_ peer: PeerID, _ input: PackedVector, _ token: Bytes32) {
        submission = (peer, input, token)
    }

    /// What a call has put on the disk, or tried to.
    func stored(_ process: SimulatedProcess) {
        for (record, isStored) in process.disk.takeOffered() {
            switch record.name.description {
            case Participant.uploadRecord: noteUpload(record.sealed, of: process.peer)
            case Participant.stateRecord where isStored && checksLedgers:
                checkLedger(record, Life(peer: process.peer, life: process.life))
            default: sumStored(record, isStored: isStored, of: process)
            }
        }
        submission = nil
    }

    /// The words that were made of the update that was just handed in.
    private func noteUpload(_ words: [UInt8], of peer: PeerID) {
        guard let submission, submission.peer == peer else { return }
        tokens[note(words, of: peer, for: submission.input)] = submission.token
    }

    /// Knows the input behind words; the adversary's changes of its own uploads are known too.
    @discardableResult
    func note(_ words: [UInt8], of peer: PeerID, for input: PackedVector) -> Digest {
        let roots = unsafe words.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        let digest = UploadDigest.root(of: roots)
        inputs[UploadKey(peer: peer, digest: digest)] = input
        self.words[digest] = words
        contributionMade(words, digest, of: peer)
        guard checksMasks else { return digest }
        let mask = unsafe words.withUnsafeBytes { bytes in
            try? unsafe PackedVector(littleEndianBytes: bytes, count: input.count, layout: input.layout)
        }
        guard var mask, (try? mask.subtract(input)) != nil else { return digest }
        masked[digest] = Blake2b.hash(mask.littleEndianBytes(), Personalisation("SecAggSim mask"))
        return digest
    }

    /// A signed promise of words: from here on the words may be read by anybody.
    func inputLeft(_ frame: Frame, _ owner: Life) {
        let peer = owner.peer
        guard let promise = try? MaskedInput(decoding: frame.body) else { return }
        sums?.notePromise(promise.inputDigest, of: peer, for: promise.configDigest)
        guard let input = inputs[UploadKey(peer: peer, digest: promise.inputDigest)] else {
            return violate(.keystreamReused, "\(peer) promises words that were never made of an update")
        }
        if let token = tokens[promise.inputDigest],
            let known = leftTokens[owner, default: [:]].updateValue(promise.inputDigest, forKey: token),
            known != promise.inputDigest
        {
            violate(.inputReused, "\(peer) masks an update again in round \(frame.header.round)")
        }
        guard let mask = masked[promise.inputDigest] else { return }
        let plaintext = Blake2b.hash(input.littleEndianBytes(), Personalisation("SecAggSim text"))
        // Short vectors of few bits can share a mask by chance; what is bound to one round of one party cannot.
        var key = Blake2b(Personalisation("SecAggSim stream"))
        key.update(mask)
        key.update(promise.configDigest)
        key.update(littleEndian: peer.rawValue)
        if let known = keystreams.updateValue(plaintext, forKey: key.finalize()), known != plaintext {
            violate(.keystreamReused, "\(peer) in round \(frame.header.round)")
        }
    }

    // MARK: Sums

    /// A sum was opened or received.
    func opened(_ outcome: RoundOutcome, by process: SimulatedProcess) {
        let key = RoundKey(session: outcome.session, round: outcome.round)
        rootTaken(outcome, by: process)
        guard process.misbehaviour == nil, coordinatorIsHonest else { return }
        if outcome.survivors.count < terms.floor {
            violate(.tooFewSurvivors, "\(outcome.survivors.count) in round \(outcome.round)")
        }
        let digest = Blake2b.hash(outcome.sum.littleEndianBytes(), Personalisation("SecAggSim sum"))
        if let known = results[key], known != digest {
            violate(.wrongSum, "\(process.peer) has another sum of round \(outcome.round)")
        }
        results[key] = digest
        guard process.peer == .coordinator else { return }
        if let promises = foldedInputs[key], let expected = clearSum(outcome, promises), expected != outcome.sum {
            violate(.wrongSum, "round \(outcome.round)")
        }
        for peer in (acknowledgements[key] ?? []).sorted() where !outcome.survivors.contains(peer) {
            violate(.acknowledgedExcluded, "\(peer) in round \(outcome.round)")
        }
    }

    /// The sum over 128-bit integers of what the survivors handed in, brought into the ring at the end.
    func clearSum(_ outcome: RoundOutcome, _ promises: [PeerID: Digest]) -> PackedVector? {
        var sums = [Int128](repeating: 0, count: outcome.sum.count)
        for peer in outcome.survivors {
            guard let digest = promises[peer], let input = inputs[UploadKey(peer: peer, digest: digest)] else {
                violate(.wrongSum, "nobody handed in what \(peer) is counted with")
                return nil
            }
            for (index, value) in input.signedValues().enumerated() { sums[index] += Int128(value) }
        }
        let modulus = Int128(1) << Int128(terms.bits)
        let values = sums.map { sum in
            var rest = sum % modulus
            if rest < 0 { rest += modulus }
            return Int64(rest >= modulus / 2 ? rest - modulus : rest)
        }
        return try? PackedVector(packing: values, layout: outcome.sum.layout)
    }
}
