internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol
internal import WireFormat

/// The opened sum on its way back.
///
/// Source: WIRE section 7
extension Participant {
    /// Accepts the signed header of the sum.
    mutating func handleResult(_ frame: Frame) throws(Abort) -> [Effect] {
        guard case .expectResult(let round, let assembly) = stage else {
            if let last = ledger.round, stage.context == nil, frame.header.round <= last {
                throw Abort(.roundReplayed, .result, peer: .coordinator)
            }
            throw Abort(.unexpectedMessage, .result, peer: .coordinator)
        }
        let session = try requireSession(frame)
        try requireRound(frame, round.context)
        let result = try Abort.decoding(.result, from: .coordinator) { () throws(DecodingFailure) in
            try ResultHeader(decoding: frame.body)
        }
        if let assembly {
            try Abort.require(
                assembly.result == result, .equivocation, .result, peer: .coordinator,
                evidence: Evidence(frames: [assembly.header.bytes, frame.bytes]))
            return []
        }
        try Abort.require(
            result.configDigest == round.context.configDigest, .configMismatch, .result, peer: .coordinator)
        try Abort.require(
            result.agreementDigest == round.agreement.digest(session: session.id, round: round.context.round),
            .conflictingUnmask, .result, peer: .coordinator)
        try Abort.require(
            result.wordCount == UInt64(round.context.wordCount)
                && Int(result.contributors) == round.agreement.survivors.population, .dimensionMismatch, .result,
            peer: .coordinator)
        let parts = PartAssembly(byteCount: round.context.wordCount * 8, digest: result.sumDigest)
        stage = .expectResult(round, ResultAssembly(header: frame, result: result, parts: parts))
        return []
    }

    /// Takes the unsigned parts of the sum, each checked against the signed digest.
    mutating func handleResultPart(_ frame: Frame) throws(Abort) -> [Effect] {
        guard case .expectResult(let round, .some(var assembly)) = stage else {
            throw Abort(.unexpectedMessage, .result, peer: .coordinator)
        }
        try requireRound(frame, round.context)
        // The machine's own copy is let go, so that the chunk is noted in place.
        stage = .expectResult(round, nil)
        do throws(Abort) {
            if try assembly.parts.take(frame, .result, from: .coordinator, threads: threads) {
                return try finish(round, assembly)
            }
        } catch {
            stage = .expectResult(round, assembly)
            throw error
        }
        stage = .expectResult(round, assembly)
        return []
    }

    private mutating func finish(_ round: AgreedRound, _ assembly: ResultAssembly) throws(Abort) -> [Effect] {
        guard let session = epoch?.session else { throw Abort(.unexpectedMessage, .result) }
        let context = round.context
        let sum: PackedVector
        do throws(RingFailure) {
            sum = try PackedVector(
                littleEndianChunks: assembly.parts.chunks, bits: assembly.parts.bits, count: context.dimension,
                layout: context.layout)
        } catch {
            finishRound(of: session)
            return [
                persistState(),
                .abort(
                    Abort(
                        .elementOutOfRange, .result, peer: .coordinator,
                        evidence: Evidence(frames: [assembly.header.bytes]))),
            ]
        }
        let outcome = RoundOutcome(
            session: session.id, round: context.round, configDigest: context.configDigest,
            agreementDigest: assembly.result.agreementDigest, sum: sum,
            survivors: round.agreement.survivors.indices.map { session.ids[$0] },
            dropped: context.config.cohort.subtracting(round.agreement.survivors).indices.map { session.ids[$0] })
        finishRound(of: session)
        return [persistState(), .result(outcome)]
    }
}
