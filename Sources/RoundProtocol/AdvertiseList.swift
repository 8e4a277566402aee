package import CryptoPrimitives
internal import WireFormat

/// The list of an epoch's advertisements, as whole signed frames by ascending id.
///
/// Source: WIRE section 2
package enum AdvertiseList {
    package static func encoded(_ frames: [Frame]) -> [UInt8] {
        var writer = ByteWriter(reserving: frames.reduce(4) { $0 + $1.bytes.count + 4 })
        writer.count(frames.count)
        for frame in frames { writer.counted(frame.bytes) }
        return writer.bytes
    }

    package static func frames(in body: ArraySlice<UInt8>, limit: Int) throws(Abort) -> [Frame] {
        var reader = ByteReader(body)
        var frames: [Frame] = []
        let count = try Abort.decoding(.advertise, from: .coordinator) { () throws(DecodingFailure) in
            try reader.count(limit: limit, elementBytes: 4)
        }
        frames.reserveCapacity(count)
        for _ in 0..<count {
            let bytes = try Abort.decoding(.advertise, from: .coordinator) { () throws(DecodingFailure) in
                try reader.counted(limit: reader.remaining)
            }
            frames.append(try Frame([UInt8](bytes)))
        }
        let rest = reader
        try Abort.decoding(.advertise, from: .coordinator) { () throws(DecodingFailure) in try rest.finish() }
        return frames
    }
}

extension GroupElement {
    /// Checks a peer's point: canonical and not the identity.
    package init(checking value: Bytes32, _ stage: Stage, from peer: PeerID) throws(Abort) {
        do throws(CryptoFailure) {
            try self.init(value)
        } catch {
            throw Abort(.invalidPoint, stage, peer: peer)
        }
    }
}
