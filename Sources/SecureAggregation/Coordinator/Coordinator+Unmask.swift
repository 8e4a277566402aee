internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol
internal import WireFormat

/// Agreement and opening.
///
/// Source: WIRE section 7
extension Coordinator {
    /// Notes a participant's signature under the survivor set.
    mutating func handleStatement(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (seat, context) = try member(frame, .survivors)
        let sender = frame.header.sender
        guard let agreement = round?.agreement else { throw Abort(.unexpectedMessage, .survivors, peer: sender) }
        if let known = round?.statements[seat] {
            try requireSame(known, frame, .survivors)
            return []
        }
        guard case .expectStatements = stage, now < context.config.survivorDeadline else {
            throw Abort(.late, .survivors, peer: sender)
        }
        try Abort.require([UInt8](frame.body) == agreement.encoded(), .configMismatch, .survivors, peer: sender)
        round?.statements[seat] = frame
        guard let open = round, let session = epoch?.session else { return [] }
        let isComplete =
            open.statements.count >= session.quorum
            && agreement.survivors.indices.allSatisfy { open.statements[$0] != nil }
        return isComplete ? closeStatements() : []
    }

    /// Shows the quorum to those who signed and asks for their shares.
    mutating func closeStatements() -> [Effect] {
        guard let session = epoch?.session, var open = round, let agreement = open.agreement else { return [] }
        guard open.statements.count >= session.quorum else {
            return abandonRound(Abort(.quorumNotReached, .survivors))
        }
        let signatures = open.statements.sorted { $0.key < $1.key }.compactMap { seat, frame in
            frame.signature.map { (id: session.ids[seat], signature: $0) }
        }
        let frame = sign(
            .unmaskRequest, session: session.id, round: open.context.round,
            body: UnmaskRequest(agreement: agreement, signatures: signatures).encoded())
        open.requestFrame = frame
        round = open
        stage = .expectShares
        return [persistRound()] + broadcast(frame, to: signatures.map(\.id))
            + [.deadline(open.context.config.unmaskDeadline)]
    }

    /// Notes a participant's shares and opens the sum as soon as every secret can be recovered.
    mutating func handleUnmaskShares(_ frame: Frame, at now: Instant) throws(Abort) -> [Effect] {
        let (seat, context) = try member(frame, .unmask)
        let sender = frame.header.sender
        guard let open = round, let agreement = open.agreement, let session = epoch?.session,
            case .expectShares = stage
        else { throw Abort(.late, .unmask, peer: sender) }
        if open.responses[seat] != nil { return [] }
        try Abort.require(now < context.config.unmaskDeadline, .late, .unmask, peer: sender)
        let message = try Abort.decoding(.unmask, from: sender) { () throws(DecodingFailure) in
            try UnmaskShares(decoding: frame.body, participants: session.count)
        }
        try Abort.require(
            message.agreementDigest == agreement.digest(session: session.id, round: context.round), .configMismatch,
            .unmask, peer: sender)
        var shares: [Int: Bytes32] = [:]
        let expected = (epoch?.holdings[seat] ?? Bitmap(count: session.count)).intersection(context.config.cohort)
        var last: PeerID?
        for (dealer, share) in message.shares {
            if let last { try Abort.require(last < dealer, .duplicateShare, .unmask, peer: sender) }
            last = dealer
            guard let dealerSeat = session.seat(of: dealer), expected[dealerSeat] else {
                throw Abort(.unknownShare, .unmask, peer: sender)
            }
            let isCanonical = unsafe share.withUnsafeBytes { unsafe Shamir.isCanonical($0) }
            try Abort.require(isCanonical, .nonCanonicalShare, .unmask, peer: sender)
            shares[dealerSeat] = share
        }
        try Abort.require(shares.count == expected.population, .missingShare, .unmask, peer: sender)
        round?.responses[seat] = shares
        return tryToOpen()
    }

    /// Opens the sum if every secret has enough shares; waits for more, or gives up, if not.
    mutating func tryToOpen() -> [Effect] {
        guard let session = epoch?.session, let open = round, let agreement = open.agreement else { return [] }
        let cohort = open.context.config.cohort.indices
        var available = [Int: Int]()
        for (holder, shares) in open.responses where !open.liars.contains(holder) {
            for dealer in shares.keys { available[dealer, default: 0] += 1 }
        }
        guard cohort.allSatisfy({ available[$0, default: 0] >= session.threshold }) else {
            let isLast = open.responses.count == open.statements.count
            return isLast ? abandonRound(Abort(.abortedInsufficientShares, .unmask)) : []
        }
        do throws(Abort) {
            let sum = try opened(open, agreement, session)
            return publish(sum, open, agreement, session)
        } catch {
            // A wrong share: its holder counts no more, and the rest may still be enough.
            refusals.append(error)
            if let liar = session.seat(of: error.peer), round?.liars.insert(liar).inserted == true {
                return tryToOpen()
            }
            return abandonRound(error)
        }
    }

    /// Removes the masks that did not cancel.
    ///
    /// - Throws: `reconstructionFailed` naming the holder of a wrong share, or the dealer when every share fits its
    ///   commitments and the secret does not fit its point.
    /// - Complexity: one interpolation a member of the cohort, one mask expansion a survivor and one for each link
    ///   between a survivor and a dropped member.
    private func opened(
        _ open: CoordinatorRound, _ agreement: Agreement, _ session: Session
    ) throws(Abort) -> PackedVector {
        let context = open.context
        let binding = MaskContext(session: session.id, round: context.round, configDigest: context.configDigest)
        let index = Int(context.round - session.firstRound)
        var sum = open.accumulator
        var recovery = SecretRecovery(threshold: session.threshold)
        for dealer in context.config.cohort.indices {
            let survived = agreement.survivors[dealer]
            let secret = try recover(dealer, survived ? .selfMask : .pairwise, index, open, session, &recovery)
            if survived {
                let seed = MaskSeed(selfMask: secret, of: session.ids[dealer], context: binding)
                unsafe seed.withUnsafeBytes { unsafe sum.subtractMask(seed: $0) }
                continue
            }
            for neighbour in session.neighbours(of: dealer) where agreement.survivors[neighbour] {
                do throws(CryptoFailure) {
                    let seed = try MaskSeed(
                        pairwise: secret, with: session.advertisements[neighbour].points[index].pairwise,
                        between: session.ids[dealer], and: session.ids[neighbour], context: binding)
                    unsafe seed.withUnsafeBytes { bytes in
                        // The survivor added this mask if its own id is the lower one.
                        if neighbour < dealer {
                            unsafe sum.subtractMask(seed: bytes)
                        } else {
                            unsafe sum.addMask(seed: bytes)
                        }
                    }
                } catch {
                    throw Abort(.reconstructionFailed, .unmask, peer: session.ids[dealer])
                }
            }
        }
        return sum
    }

    /// One secret from the first t shares; when it does not fit its point, finds the share that is wrong.
    private func recover(
        _ dealer: Int, _ kind: SecretKind, _ index: Int, _ open: CoordinatorRound, _ session: Session,
        _ recovery: inout SecretRecovery
    ) throws(Abort) -> SecretScalar {
        let holders = open.responses.keys.filter { !open.liars.contains($0) && open.responses[$0]?[dealer] != nil }
            .sorted().prefix(session.threshold)
        let points = session.advertisements[dealer].points[index]
        let expected = kind == .pairwise ? points.pairwise : points.selfMask
        let shares = holders.compactMap { holder in
            open.responses[holder]?[dealer].map { (id: session.ids[holder].rawValue, share: $0) }
        }
        if let secret = recovery.combine(shares), secret.publicElement() == expected { return secret }
        let blamed = blame(dealer, kind, index, shares, session)
        throw Abort(.reconstructionFailed, .unmask, peer: blamed)
    }

    /// The holder whose share does not fit the dealer's commitments, else the dealer.
    private func blame(
        _ dealer: Int, _ kind: SecretKind, _ index: Int, _ shares: [(id: UInt32, share: Bytes32)], _ session: Session
    ) -> PeerID {
        guard let frame = epoch?.commitments[dealer],
            let commitments = try? DealCommitments(
                frame, threshold: session.threshold, advertised: session.advertisements[dealer].points)
        else { return session.ids[dealer] }
        let round = commitments.rounds[index]
        for entry in shares {
            let fits = unsafe entry.share.withUnsafeBytes { bytes in
                unsafe Shamir.isConsistent(
                    share: bytes, holder: entry.id,
                    commitments: kind == .pairwise ? round.pairwise : round.selfMask)
            }
            if !fits { return PeerID(rawValue: entry.id) }
        }
        return session.ids[dealer]
    }

    /// Signs the result and sends the sum to everybody who signed the set.
    private mutating func publish(
        _ sum: PackedVector, _ open: CoordinatorRound, _ agreement: Agreement, _ session: Session
    ) -> [Effect] {
        let context = open.context
        let bytes = sum.littleEndianBytes()
        let roots = unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        let agreementDigest = agreement.digest(session: session.id, round: context.round)
        let header = ResultHeader(
            configDigest: context.configDigest, agreementDigest: agreementDigest,
            wordCount: UInt64(context.wordCount), sumDigest: UploadDigest.root(of: roots),
            contributors: UInt32(agreement.survivors.population))
        let frame = sign(.result, session: session.id, round: context.round, body: header.encoded())
        let parts = UploadFrames.frames(
            of: bytes, roots: roots, sender: .coordinator, session: session.id, round: context.round)
        let outcome = RoundOutcome(
            session: session.id, round: context.round, configDigest: context.configDigest,
            agreementDigest: agreementDigest, sum: sum,
            survivors: agreement.survivors.indices.map { session.ids[$0] },
            dropped: context.config.cohort.subtracting(agreement.survivors).indices.map { session.ids[$0] })
        releaseSpool()
        round = nil
        stage = .ready
        var effects = [persistRound()]
        for seat in open.statements.keys.sorted() {
            effects.append(.send(to: session.ids[seat], frame: frame.bytes))
            for part in parts { effects.append(.send(to: session.ids[seat], frame: part)) }
        }
        return effects + [.result(outcome)]
    }
}

/// Interpolation with the weights of the last holder set kept: in a complete graph one set serves every secret.
struct SecretRecovery: ~Copyable {
    private var weights: Shamir.Weights?
    private var slab: SecretSlab

    init(threshold: Int) {
        slab = SecretSlab(slotCount: threshold, slotBytes: Shamir.shareBytes)
    }

    /// The secret behind exactly `threshold` shares, nil when they make none.
    mutating func combine(_ shares: [(id: UInt32, share: Bytes32)]) -> SecretScalar? {
        guard shares.count == slab.slotCount else { return nil }
        let holders = shares.map(\.id)
        if weights?.holders != holders { weights = try? Shamir.Weights(holders: holders) }
        guard let weights else { return nil }
        for (slot, entry) in shares.enumerated() {
            unsafe entry.share.withUnsafeBytes { source in
                unsafe slab.withMutableSlot(slot) { unsafe $0.copyMemory(from: source) }
            }
        }
        return try? Shamir.combine(slab, weights: weights)
    }
}
