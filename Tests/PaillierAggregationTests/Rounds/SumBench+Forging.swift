import CryptoPrimitives
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import PaillierAggregation

/// Frames that nobody honest would send.
extension SumBench {
    /// Signs a frame as anybody.
    func forge(
        _ type: FrameType, from sender: PeerID = .coordinator, session: Digest? = nil, round: UInt64 = 1,
        _ body: [UInt8]
    ) -> [UInt8] {
        let header = FrameHeader(
            type, sender: sender, session: session ?? server.machine.session ?? Digest(Bytes32()), round: round)
        return type.isSigned
            ? Frame(header, body: body, key: Self.identity(sender, terms.seed)).bytes
            : Frame(unsigned: header, body: body).bytes
    }

    /// The same frame with another body, session, round or sender, signed again by `signer`, else by its sender.
    func resign(
        _ bytes: [UInt8], type: FrameType? = nil, sender: PeerID? = nil, session: Digest? = nil, round: UInt64? = nil,
        signer: PeerID? = nil, _ change: (inout [UInt8]) -> Void = { _ in }
    ) throws(Abort) -> [UInt8] {
        let frame = try Frame(bytes)
        var body = [UInt8](frame.body)
        change(&body)
        let header = FrameHeader(
            type ?? frame.header.type, sender: sender ?? frame.header.sender,
            session: session ?? frame.header.session, round: round ?? frame.header.round)
        return header.type.isSigned
            ? Frame(header, body: body, key: Self.identity(signer ?? header.sender, terms.seed)).bytes
            : Frame(unsigned: header, body: body).bytes
    }

    /// A proposal frame with other terms.
    func proposal(_ bytes: [UInt8], _ change: (inout SumParameters, inout Digest, inout Digest) -> Void) throws
        -> [UInt8]
    {
        let old = try SumProposal(decoding: try Frame(bytes).body)
        var parameters = SumParameters(
            rounds: old.rounds, colluders: old.colluders, mode: old.mode, masksInside: old.masksInside,
            joinDeadline: old.joinDeadline)
        var (rosterDigest, keyID) = (old.rosterDigest, old.keyID)
        change(&parameters, &rosterDigest, &keyID)
        let changed = SumProposal(
            epoch: old.epoch, rosterDigest: rosterDigest, keyID: keyID, rounds: parameters.rounds,
            colluders: parameters.colluders, mode: parameters.mode, masksInside: parameters.masksInside,
            joinDeadline: parameters.joinDeadline)
        return try resign(bytes) { $0 = changed.encoded() }
    }

    /// A configuration frame with other terms.
    func config(_ bytes: [UInt8], _ change: (inout RoundConfig) -> Void) throws -> [UInt8] {
        var config = try RoundConfig(decoding: try Frame(bytes).body, participants: terms.participants)
        change(&config)
        return try resign(bytes) { $0 = config.encoded() }
    }

    /// The held frame of a type to a peer, from one if it is given.
    func held(_ type: FrameType, to peer: PeerID, from id: Int? = nil) throws -> [UInt8] {
        try #require(
            held.first { $0.type == type && $0.to == peer && (id == nil || $0.from.rawValue == id.map(UInt32.init)) }
        ).bytes
    }

    /// The first frame of a type that a peer sent.
    func sent(_ type: FrameType, from peer: PeerID, to other: PeerID? = nil) throws -> [UInt8] {
        try #require(sent.first { $0.type == type && $0.from == peer && (other == nil || $0.to == other) }).bytes
    }

    /// The last bytes that a company uploaded in so many chunks of its own, or gave as its part.
    func uploaded(_ id: Int, after type: FrameType) throws -> [UInt8] {
        let own = sent.filter { $0.from == peer(id) }
        let start = try #require(own.lastIndex { $0.type == type })
        return try own[(start + 1)...].prefix { $0.type == .chunkRoots || $0.type == .chunk }
            .filter { $0.type == .chunk }.flatMap { try Frame($0.bytes).body.dropFirst(4) }
    }

    // MARK: Contributions of a hostile company

    /// The open round as the coordinator sees it.
    func openRound() throws -> (context: SumRound, session: SumSession) {
        let (context, session) = (server.machine.round?.context, server.machine.epoch?.session)
        return (try #require(context), try #require(session))
    }

    /// A contribution with its proof; `change` sees the packed plaintexts before they are encrypted.
    func contribution(
        _ values: [Int64], weight: UInt64 = 1, by id: Int, session: Digest? = nil, round: UInt64? = nil,
        sender: Int? = nil, _ change: (inout PlaintextVector) -> Void = { _ in }
    ) throws -> Contribution {
        let (context, open) = try openRound()
        let key = parties.key.publicKey
        var plaintexts = try context.packing.encode(values, weight: weight, for: key)
        change(&plaintexts)
        var source = Self.random(terms.seed, "hostile \(id)")
        return try Contribution.make(
            plaintexts, encryptor: Encryptor(key),
            context: PlaintextKnowledgeProof.Context(
                session: session ?? open.id, round: round ?? context.round, sender: UInt32(sender ?? id)),
            from: &source)
    }

    /// The signed promise of some bytes and the parts that carry them, as company `id` would send them.
    func upload(_ bytes: [UInt8], by id: Int, as type: FrameType = .maskedInput) throws -> [[UInt8]] {
        let (context, session) = try openRound()
        let roots = bytes.withUnsafeBytes { UploadDigest.chunkRoots($0) }
        let digest = UploadDigest.root(of: roots)
        let body =
            if type == .openingShare, let agreement = server.machine.round?.agreement {
                OpeningShareHeader(
                    agreementDigest: agreement.digest(session: session.id, round: context.round),
                    byteCount: UInt64(bytes.count), digest: digest
                ).encoded()
            } else {
                MaskedInput(
                    configDigest: context.configDigest, wordCount: UInt64(context.wordCount), inputDigest: digest
                ).encoded()
            }
        return [forge(type, from: peer(id), round: context.round, body)]
            + UploadFrames.frames(
                of: bytes, roots: roots, sender: peer(id), session: session.id, round: context.round
            ).map(\.bytes)
    }

    /// Hands frames to the coordinator as if a company had sent them.
    func send(_ frames: [[UInt8]], by id: Int) {
        for bytes in frames { queue.append(SumMessage(from: peer(id), to: .coordinator, bytes: bytes)) }
    }

    // MARK: A hostile coordinator

    /// A survivor set of anybody's promises, as the coordinator would sign it.
    func survivors(_ promises: [[UInt8]], seats: [Int]? = nil, root: Digest? = nil) throws -> [UInt8] {
        let (context, session) = try openRound()
        let frames = try promises.map { try Frame($0) }
        let seats = seats ?? frames.map { Int($0.header.sender.rawValue) }
        let agreement = Agreement(
            configDigest: context.configDigest, survivors: Bitmap(count: session.count, indices: seats),
            root: root ?? Agreement.root(of: frames.map { ($0.header.sender, $0.digest) }))
        return forge(
            .survivors, round: context.round, SurvivorList.encoded(agreement, inputs: frames))
    }

    /// The quorum that some statements make, as the coordinator would sign it.
    func request(_ statements: [[UInt8]]) throws -> [UInt8] {
        let frames = try statements.map { try Frame($0) }
        let first = try #require(frames.first)
        var reader = ByteReader(first.body)
        let agreement = try Agreement(reading: &reader, participants: terms.participants)
        let signatures = try frames.map { frame in
            (id: frame.header.sender, signature: try #require(frame.signature))
        }
        return forge(
            .unmaskRequest, round: first.header.round,
            UnmaskRequest(agreement: agreement, signatures: signatures).encoded())
    }

    /// What a company answers to a frame that it takes.
    func answer(_ bytes: [UInt8], by id: Int) throws -> [[UInt8]] {
        let effects = try companies[id].machine.handle(bytes, at: now)
        return effects.compactMap { effect in
            if case .send(_, let frame) = effect { frame.bytes } else { nil }
        }
    }
}
