internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol
internal import WireFormat

/// The opened sum on its way back.
///
/// Source: WIRE section 9
extension PaillierParticipant {
    /// Accepts the signed header of the sum.
    mutating func handleResult(_ frame: Frame) throws(Abort) -> [Effect] {
        let (round, assembly): (AgreedSum, SumResultAssembly?)
        switch stage {
        case .expectResult(let open, let arrived): (round, assembly) = (open, arrived)
        // Others have opened before this shareholder had all contributions.
        case .expectUploads(let open, _): (round, assembly) = (open, nil)
        default: throw unexpected(frame)
        }
        let session = try requireSession(frame)
        try requireRound(frame, round.context)
        func require(_ condition: Bool, _ code: AbortCode) throws(Abort) {
            try Abort.require(condition, code, .result, peer: .coordinator)
        }
        let result = try Abort.decoding(.result, from: .coordinator) { () throws(DecodingFailure) in
            try ResultHeader(decoding: frame.body)
        }
        if let assembly {
            try Abort.require(
                assembly.result == result, .equivocation, .result, peer: .coordinator,
                evidence: Evidence(frames: [assembly.header.bytes, frame.bytes]))
            return []
        }
        try require(result.configDigest == round.context.configDigest, .configMismatch)
        try require(
            result.agreementDigest == round.agreement.digest(session: session.id, round: round.context.round),
            .conflictingUnmask)
        try require(
            result.wordCount == UInt64(round.context.openingWordCount)
                && Int(result.contributors) == round.agreement.survivors.population, .dimensionMismatch)
        let parts = PartAssembly(byteCount: round.context.openingWordCount * 8, digest: result.sumDigest)
        stage = .expectResult(round, SumResultAssembly(header: frame, result: result, parts: parts))
        return []
    }

    /// Takes the unsigned parts of the opening, each checked against the signed digest.
    mutating func handleResultPart(_ frame: Frame) throws(Abort) -> [Effect] {
        guard case .expectResult(let round, .some(var assembly)) = stage else {
            throw Abort(.unexpectedMessage, .result, peer: .coordinator)
        }
        try requireRound(frame, round.context)
        // The machine's own copy is let go, so that bytes are written in place.
        stage = .expectResult(round, nil)
        do throws(Abort) {
            if try assembly.parts.take(frame, .result, from: .coordinator) { return finish(round, assembly) }
        } catch {
            stage = .expectResult(round, assembly)
            throw error
        }
        stage = .expectResult(round, assembly)
        return []
    }

    /// Decodes the sum. In root mode a shareholder verifies it against the product that it multiplied itself.
    ///
    /// A participant that holds no share, or has restarted since it gave its part, has the coordinator's signed word: `lastOpening`
    /// lets anybody who has the contributions verify it.
    private mutating func finish(_ round: AgreedSum, _ assembly: SumResultAssembly) -> [Effect] {
        guard let session = epoch?.session else { return [] }
        let (context, survivors) = (round.context, round.agreement.survivors)
        let outcome: Result<PackedVector, PaillierFailure> = decode(round, assembly, session)
        finishRound(of: session)
        switch outcome {
        case .success(let sum):
            return [
                persistState(),
                .result(
                    RoundOutcome(
                        session: session.id, round: context.round, configDigest: context.configDigest,
                        agreementDigest: assembly.result.agreementDigest, sum: sum,
                        survivors: survivors.indices.map { session.ids[$0] },
                        dropped: context.config.cohort.subtracting(survivors).indices.map { session.ids[$0] })),
            ]
        case .failure(let failure):
            return [
                persistState(),
                .abort(
                    Abort(
                        failure, .result, peer: .coordinator,
                        evidence: Evidence(frames: [assembly.header.bytes]))),
            ]
        }
    }

    private mutating func decode(
        _ round: AgreedSum, _ assembly: SumResultAssembly, _ session: SumSession
    ) -> Result<PackedVector, PaillierFailure> {
        do throws(PaillierFailure) {
            let context = round.context
            let opening = try AggregateOpening(
                bytes: assembly.parts.bytes, context,
                statement: round.opened?.statement ?? Digest(Bytes32()))
            if context.mode == .jointRoot, let opened = round.opened {
                try opening.verifyOpening(of: opened, key: key.publicKey)
            }
            let sum = try context.sum(
                of: opening.plaintexts, contributors: round.agreement.survivors.population, key: key.publicKey)
            lastOpening = opening
            return .success(sum)
        } catch {
            return .failure(error)
        }
    }
}

extension AggregateOpening {
    /// Plaintexts and, in root mode, roots, little-endian limbs.
    func bytes() -> [UInt8] {
        var writer = ByteWriter(reserving: 8 * (plaintexts.count + roots.count))
        writer.limbs(plaintexts)
        writer.limbs(roots)
        return writer.bytes
    }

    /// Reads what `bytes()` wrote. Throws `malformed` for another length.
    init(bytes: [UInt8], _ context: SumRound, statement: Digest) throws(PaillierFailure) {
        do throws(DecodingFailure) {
            var reader = ByteReader(bytes)
            let count = context.ciphertextCount * context.parameters.modulusLimbs
            let plaintexts = try reader.littleEndianLimbs(count)
            let roots = context.mode == .jointRoot ? try reader.littleEndianLimbs(count) : []
            try reader.finish()
            self.init(
                mode: context.mode, statement: statement, plaintexts: plaintexts, roots: roots,
                limbs: context.parameters.modulusLimbs)
        } catch {
            throw .malformed
        }
    }
}
