package import CryptoPrimitives
package import RoundProtocol
internal import WireFormat

/// The points of one round's two secrets.
///
/// Source: WIRE section 3
package struct RoundPoints: Hashable, Sendable {
    /// e·G, the pairwise key.
    package let pairwise: GroupElement
    /// β·G, the self-mask key.
    package let selfMask: GroupElement
}

/// A participant's fresh keys for an epoch.
///
/// Source: WIRE section 3
package struct Advertisement: Hashable, Sendable {
    package let proposalDigest: Digest
    package let nonce: Bytes32
    package let exchangeKey: KeyExchangePublicKey
    package let maskSuites: MaskSuites
    package let points: [RoundPoints]

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 102 + 64 * points.count)
        writer.bytes32(proposalDigest.value)
        writer.bytes32(nonce)
        writer.bytes32(exchangeKey.value)
        writer.u16(maskSuites.rawValue)
        writer.count(points.count)
        for point in points {
            writer.bytes32(point.pairwise.value)
            writer.bytes32(point.selfMask.value)
        }
        return writer.bytes
    }

    package init(
        proposalDigest: Digest, nonce: Bytes32, exchangeKey: KeyExchangePublicKey, maskSuites: MaskSuites,
        points: [RoundPoints]
    ) {
        self.proposalDigest = proposalDigest
        self.nonce = nonce
        self.exchangeKey = exchangeKey
        self.maskSuites = maskSuites
        self.points = points
    }

    /// Decodes an Advertise frame for an epoch of so many rounds and checks every point.
    package init(_ frame: Frame, rounds: Int) throws(Abort) {
        let sender = frame.header.sender
        var reader = ByteReader(frame.body)
        let head = try Abort.decoding(.advertise, from: sender) { () throws(DecodingFailure) in
            (
                proposal: try reader.bytes32(), nonce: try reader.bytes32(), key: try reader.bytes32(),
                suites: try reader.u16(), count: try reader.count(limit: rounds, elementBytes: 64)
            )
        }
        try Abort.require(head.count == rounds, .configMismatch, .advertise, peer: sender)
        try Abort.require(
            MaskSuites(rawValue: head.suites).isSubset(of: [.chaCha20, .aes256CTR]), .nonCanonical, .advertise,
            peer: sender)
        var points: [RoundPoints] = []
        points.reserveCapacity(rounds)
        for _ in 0..<rounds {
            let pair = try Abort.decoding(.advertise, from: sender) { () throws(DecodingFailure) in
                (try reader.bytes32(), try reader.bytes32())
            }
            points.append(
                RoundPoints(
                    pairwise: try GroupElement(checking: pair.0, .advertise, from: sender),
                    selfMask: try GroupElement(checking: pair.1, .advertise, from: sender)))
        }
        let rest = reader
        try Abort.decoding(.advertise, from: sender) { () throws(DecodingFailure) in try rest.finish() }
        self.init(
            proposalDigest: Digest(head.proposal), nonce: head.nonce, exchangeKey: KeyExchangePublicKey(head.key),
            maskSuites: MaskSuites(rawValue: head.suites), points: points)
    }
}
