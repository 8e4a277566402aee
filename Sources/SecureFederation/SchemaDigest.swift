public import CryptoPrimitives
public import FederatedLearning

extension UploadSchema {
    /// What the schema hashes to: names, lengths and bounds of the blocks, in order.
    ///
    /// Part of the signed configuration, so that everybody fills the same vector.
    public var digest: Digest {
        var hash = Blake2b(Personalisation("QSA1 schema"))
        hash.update(littleEndian: UInt32(blocks.count))
        for block in blocks {
            let name = Array(block.name.utf8)
            hash.update(littleEndian: UInt32(name.count))
            hash.update(name)
            hash.update(littleEndian: UInt64(block.count))
            hash.update(littleEndian: block.bound.bitPattern)
        }
        return hash.finalize()
    }
}

extension ParameterVector {
    /// What a shared model hashes to: every parameter, bit for bit, and the number of the model in its run.
    ///
    /// - Parameter version: counts the sums opened before it.  A participant in strict mode (`requiresExpectedModel`)
    ///   counts for itself and never takes a coordinator's word for it: one and the same model announced under another
    ///   number would allow a second survivor set.
    public func digest(version: UInt64) -> Digest {
        var hash = Blake2b(Personalisation("QSA1 model"))
        hash.update(littleEndian: version)
        hash.update(littleEndian: UInt64(values.count))
        unsafe values.withUnsafeBytes { unsafe hash.update($0) }
        return hash.finalize()
    }
}
