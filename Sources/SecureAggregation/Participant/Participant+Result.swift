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
        stage = .expectResult(round, ResultAssembly(header: frame, result: result))
        return []
    }

    /// Takes the unsigned parts of the sum, each checked against the signed digest.
    mutating func handleResultPart(_ frame: Frame) throws(Abort) -> [Effect] {
        guard case .expectResult(let round, .some(var assembly)) = stage else {
            throw Abort(.unexpectedMessage, .result, peer: .coordinator)
        }
        try requireRound(frame, round.context)
        let byteCount = round.context.wordCount * 8
        if frame.header.type == .chunkRoots {
            let roots = try Abort.decoding(.result, from: .coordinator) { () throws(DecodingFailure) in
                try ChunkRoots.decoding(frame.body, limit: UploadDigest.chunkCount(bytes: byteCount))
            }
            try Abort.require(
                roots.count == UploadDigest.chunkCount(bytes: byteCount)
                    && UploadDigest.root(of: roots) == assembly.result.sumDigest, .digestMismatch, .result,
                peer: .coordinator)
            if assembly.roots.isEmpty {
                assembly.roots = roots
                assembly.missing = Set(roots.indices)
                assembly.bytes = [UInt8](repeating: 0, count: byteCount)
                stage = .expectResult(round, assembly)
            }
            return []
        }
        return try takeChunk(frame, round, assembly, byteCount: byteCount)
    }

    private mutating func takeChunk(
        _ frame: Frame, _ round: AgreedRound, _ held: consuming ResultAssembly, byteCount: Int
    ) throws(Abort) -> [Effect] {
        var assembly = held
        let chunk = try Abort.decoding(.result, from: .coordinator) { () throws(DecodingFailure) in
            try UploadFrames.chunk(frame.body)
        }
        try Abort.require(!assembly.roots.isEmpty, .unexpectedMessage, .result, peer: .coordinator)
        guard let range = UploadFrames.range(of: chunk.index, byteCount: byteCount) else {
            throw Abort(.dimensionMismatch, .result, peer: .coordinator)
        }
        try Abort.require(chunk.bytes.count == range.count, .dimensionMismatch, .result, peer: .coordinator)
        guard assembly.missing.contains(chunk.index) else { return [] }
        let root = unsafe chunk.bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoot($0) }
        try Abort.require(root == assembly.roots[chunk.index], .digestMismatch, .result, peer: .coordinator)
        // The machine's own copy is let go before the bytes are written, so that they are written in place.
        stage = .expectResult(round, nil)
        assembly.missing.remove(chunk.index)
        assembly.bytes.replaceSubrange(range, with: chunk.bytes)
        if !assembly.missing.isEmpty {
            stage = .expectResult(round, assembly)
            return []
        }
        return try finish(round, assembly)
    }

    private mutating func finish(_ round: AgreedRound, _ assembly: ResultAssembly) throws(Abort) -> [Effect] {
        guard let session = epoch?.session else { throw Abort(.unexpectedMessage, .result) }
        let context = round.context
        var sum = PackedVector(zeros: context.dimension, layout: context.layout)
        do throws(RingFailure) {
            try unsafe assembly.bytes.span.bytes.withUnsafeBytes { (bytes) throws(RingFailure) in
                try unsafe sum.add(littleEndianBytes: bytes, atWord: 0)
            }
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
