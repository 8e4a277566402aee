package import CryptoPrimitives

extension Frame {
    /// Requires that frames are signed by their keys, before anything that they say is believed.
    ///
    /// `frame` gives frame `index` of `count` and its sender's key, nil for one that needs no check, and may refuse it.  The
    /// signatures are checked a group at a time, so that no more than a group's frames are held.
    ///
    /// - Throws: `badSignature` with the sender, or what `frame` throws; the first in order within a group may be either.
    /// - Complexity: as `SignatureClaim.firstFalse`.
    package static func requireSignatures(
        of count: Int, _ stage: Stage, _ frame: (Int) throws(Abort) -> (frame: Frame, key: VerifyingKey)?
    ) throws(Abort) {
        var claims: [SignatureClaim] = []
        var senders: [PeerID] = []
        claims.reserveCapacity(SignatureClaim.groupSize)
        senders.reserveCapacity(SignatureClaim.groupSize)
        for index in 0..<count {
            if let (frame, key) = try frame(index) {
                guard let claim = frame.claim(by: key) else {
                    throw Abort(.badSignature, stage, peer: frame.header.sender)
                }
                claims.append(claim)
                senders.append(frame.header.sender)
            }
            guard claims.count == SignatureClaim.groupSize || index == count - 1 else { continue }
            if let wrong = SignatureClaim.firstFalse(among: claims) {
                throw Abort(.badSignature, stage, peer: senders[wrong])
            }
            claims.removeAll(keepingCapacity: true)
            senders.removeAll(keepingCapacity: true)
        }
    }
}
