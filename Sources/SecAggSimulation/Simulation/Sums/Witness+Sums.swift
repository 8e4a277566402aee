internal import CryptoPrimitives
internal import DurableState
internal import PaillierAggregation
internal import RingVectors
internal import RoundProtocol

/// Ciphertexts, parts of openings and records of what was opened.
///
/// Source: simulation section 7
extension Witness {
    /// A contribution exists: its randomness has covered no other plaintext.
    func contributionMade(_ bytes: [UInt8], _ digest: Digest, of peer: PeerID) {
        guard let sums, sums.ciphertexts[digest] == nil else { return }
        let key = sums.key.publicKey
        let count =
            (bytes.count - PlaintextKnowledgeProof.byteCount(key.parameters)) / key.parameters.ciphertextBytes
        guard
            let traces = ContributionTraces(bytes, ciphertexts: count, key: key, codecID: sums.key.id)
        else { return violate(.partOfAnotherSum, "\(peer) makes what is no contribution") }
        sums.ciphertexts[digest] = traces.ciphertexts
        guard !corrupt.contains(peer) else { return }
        for residue in traces.residues {
            var hash = Blake2b(Personalisation("SecAggSim rand"))
            for limb in residue { hash.update(littleEndian: limb) }
            if let known = sums.residues.updateValue(digest, forKey: hash.finalize()), known != digest {
                violate(.randomnessReused, "\(peer) encrypts twice under one exponent")
            }
        }
    }

    /// The bytes of a hostile contribution that nobody's application handed in.
    func note(_ bytes: [UInt8], of peer: PeerID) {
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        let digest = UploadDigest.root(of: roots)
        words[digest] = bytes
        contributionMade(bytes, digest, of: peer)
    }

    /// A shareholder has put something on its disk.
    func sumStored(_ record: StateRecord, isStored: Bool, of process: SimulatedProcess) {
        guard let sums else { return }
        switch record.name.description {
        case PaillierParticipant.shareRecord:
            let roots = unsafe record.sealed.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
            sums.parts[UploadDigest.root(of: roots)] = record.sealed
        case PaillierParticipant.openingsRecord where isStored:
            checkOpenings(record, Life(peer: process.peer, life: process.life), sums)
        default: break
        }
    }

    /// What was opened is never forgotten.
    private func checkOpenings(_ record: StateRecord, _ owner: Life, _ sums: SumWatch) {
        guard let plaintext = try? cast.sealingKey(owner.peer).open(record),
            let openings = try? OpeningRecord(bytes: unsafe plaintext.withUnsafeBytes { unsafe [UInt8]($0) })
        else { return violate(.badStateTaken, "\(owner.peer) writes a record of openings that does not read") }
        if let known = sums.openedSets[owner],
            record.generation <= known.generation || openings.openedSets < known.sets
        {
            violate(.ledgerWentBack, "\(owner.peer) forgets what it opened")
        }
        sums.openedSets[owner] = (record.generation, openings.openedSets)
    }

    /// An honest shareholder gives its part: of one set a round, agreed by a quorum, of exactly the contributions of that
    /// set, none of which was opened in another.
    func partLeft(_ frame: Frame) {
        guard let sums, let header = try? OpeningShareHeader(decoding: frame.body) else { return }
        let (session, holder) = (frame.header.session, frame.header.sender)
        let key = RoundKey(session: session, round: frame.header.round)
        guard let agreement = opening(header.agreementDigest, by: holder, in: key) else { return }
        let held = HeldKey(peer: holder, round: key)
        if sums.givenBy[held] == nil { sums.givenBy[held] = sums.incarnations[holder] }
        if sums.opening.masksInside, configurations[agreement.configDigest]?.cohort != agreement.survivors {
            violate(.tooFewSurvivors, "\(holder) opens a sum in which masks do not cancel")
        }
        for digest in (sums.promises[header.agreementDigest] ?? [:]).values {
            guard let ciphertexts = sums.ciphertexts[digest] else { continue }
            if let other = sums.openedIn.updateValue(key, forKey: ciphertexts), other != key {
                violate(.contributionOpenedTwice, "\(holder) in rounds \(other.round) and \(key.round)")
            }
        }
        guard let part = sums.parts[header.digest], let all = sums.contributions(to: header.agreementDigest, self),
            let request = try? OpeningRequest(
                mode: sums.opening.mode, session: session, round: key.round, contributions: all, key: sums.key),
            let given = try? PartialOpening(bytes: part, key: sums.key, count: request.aggregate.count),
            given.statement == request.statement, given.holder == Int(holder.rawValue) + 1
        else { return violate(.partOfAnotherSum, "\(holder) in round \(key.round)") }
    }

    /// In root mode a shareholder needs nobody's word: what it takes for the sum is the sum, whoever the coordinator is.
    func rootTaken(_ outcome: RoundOutcome, by process: SimulatedProcess) {
        let held = HeldKey(
            peer: process.peer, round: RoundKey(session: outcome.session, round: outcome.round))
        guard let sums, sums.opening.mode == .jointRoot, process.misbehaviour == nil,
            sums.givenBy[held] == process.incarnation, let promises = sums.promises[outcome.agreementDigest]
        else { return }
        if let expected = clearSum(outcome, promises), expected != outcome.sum {
            violate(.wrongSum, "\(process.peer) takes a forged opening of round \(outcome.round)")
        }
    }
}
