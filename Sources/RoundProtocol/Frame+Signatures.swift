package import CryptoPrimitives

extension Frame {
    /// Requires that frames are signed by their keys, before anything that they say is believed.
    ///
    /// `frame` gives frame `index` of `count` and its sender's key, nil for one that needs no check, and may refuse it.  The
    /// signatures are checked a group at a time, so that no more than a group's frames are held; what is thrown is what
    /// checking one after another would throw.
    ///
    /// - Throws: `badSignature` with the sender, or what `frame` throws.
    /// - Complexity: as `SignatureClaim.firstFalse`.
    package static func requireSignatures(
        of count: Int, _ stage: Stage, _ frame: (Int) throws(Abort) -> (frame: Frame, key: VerifyingKey)?
    ) throws(Abort) {
        var group = SignedGroup(stage)
        for index in 0..<count {
            do throws(Abort) {
                if let (frame, key) = try frame(index) { try group.add(frame, key) }
            } catch {
                // A wrong signature before it comes first.
                try group.check()
                throw error
            }
            if group.isFull { try group.check() }
        }
        try group.check()
    }
}

/// Signatures that wait to be checked together.
private struct SignedGroup {
    private let stage: Stage
    private var claims: [SignatureClaim] = []
    private var senders: [PeerID] = []

    init(_ stage: Stage) {
        self.stage = stage
        claims.reserveCapacity(SignatureClaim.groupSize)
        senders.reserveCapacity(SignatureClaim.groupSize)
    }

    var isFull: Bool { claims.count == SignatureClaim.groupSize }

    mutating func add(_ frame: Frame, _ key: VerifyingKey) throws(Abort) {
        guard let claim = frame.claim(by: key) else {
            throw Abort(.badSignature, stage, peer: frame.header.sender)
        }
        claims.append(claim)
        senders.append(frame.header.sender)
    }

    /// Checks what waits, after which nothing does.
    mutating func check() throws(Abort) {
        if let wrong = SignatureClaim.firstFalse(among: claims) {
            throw Abort(.badSignature, stage, peer: senders[wrong])
        }
        claims.removeAll(keepingCapacity: true)
        senders.removeAll(keepingCapacity: true)
    }
}
