internal import CryptoPrimitives
internal import RoundProtocol
internal import SecureAggregation
internal import WireFormat

/// `upload/digest.json`: content is given by a rule, so that the file stays small.
struct UploadVectors: VectorArea {
    func answer(_ inputs: VectorFields) throws(VectorFault) -> VectorAnswer {
        let length = try inputs.integer("length", 1...largestTestVector)
        var content = [UInt8](repeating: 0, count: length)
        for index in 0..<length {
            content[index] = UInt8(truncatingIfNeeded: 7 + 31 * index + 17 * (index >> 8) + 13 * (index >> 16))
        }
        switch try inputs.text("operation") {
        case "digest": return digest(content)
        case "chunk":
            let roots = try inputs.listOfBytes32("chunkRoots")
            let index = try inputs.integer("index", 0...UploadDigest.chunkCount(bytes: length) - 1)
            let start = index * UploadDigest.chunkBytes
            var chunk = [UInt8](content[start..<min(start + UploadDigest.chunkBytes, length)])
            chunk[try inputs.integer("flipBitOfByte", 0...chunk.count - 1)] ^= 1
            guard index < roots.count, Digest(roots[index]) == root(chunk[...]) else { throw mismatch }
            return VectorAnswer([:])
        case "roots":
            let roots = try inputs.listOfBytes32("chunkRoots").map { Digest($0) }
            guard roots.count == UploadDigest.chunkCount(bytes: length),
                try UploadDigest.root(of: roots) == inputs.digest("digest")
            else { throw mismatch }
            return VectorAnswer([:])
        default: throw inputs.fault("operation", "is unknown")
        }
    }

    private var mismatch: VectorFault { VectorFault(Abort(.digestMismatch, .input)) }

    /// A chunk's root; of up to 16 KiB, the leaf.
    private func root(_ bytes: ArraySlice<UInt8>) -> Digest {
        unsafe bytes.withUnsafeBytes { unsafe UploadDigest.chunkRoot($0) }
    }

    private func digest(_ content: [UInt8]) -> VectorAnswer {
        let leaves = stride(from: 0, to: content.count, by: UploadDigest.leafBytes).map {
            root(content[$0..<min($0 + UploadDigest.leafBytes, content.count)])
        }
        let roots = unsafe content.withUnsafeBytes { unsafe UploadDigest.chunkRoots($0) }
        var members = [
            JSONMember("leafCount", .count(leaves.count)), JSONMember("firstLeaf", .hex(leaves[0])),
            JSONMember("lastLeaf", .hex(leaves[leaves.count - 1])),
            JSONMember("chunkRoots", .array(roots.map { .hex($0) })),
            JSONMember("digest", .hex(UploadDigest.root(of: roots))),
        ]
        if leaves.count > 1 {
            members.append(JSONMember("firstNode", .hex(UploadDigest.root(of: [leaves[0], leaves[1]]))))
        }
        return VectorAnswer(.object(members))
    }
}
