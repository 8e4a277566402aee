package import CryptoPrimitives

/// The root of a binary tree whose left side is the largest power of two below the number of leaves.
///
/// The shape of RFC 9162, so that the root over whole aligned subtrees equals the root over their leaves.
///
/// Source: WIRE section 1
package enum MerkleRoot {
    /// Folds leaf digests, at least one, into a root.
    ///
    /// - Complexity: one call of `node` for each leaf but one.
    package static func root(of leaves: ArraySlice<Digest>, node: (Digest, Digest) -> Digest) -> Digest {
        precondition(!leaves.isEmpty)
        guard leaves.count > 1, let first = leaves.first else { return leaves[leaves.startIndex] }
        if leaves.count == 2 { return node(first, leaves[leaves.startIndex + 1]) }
        var split = 1
        while split * 2 < leaves.count { split *= 2 }
        let middle = leaves.startIndex + split
        return node(root(of: leaves[..<middle], node: node), root(of: leaves[middle...], node: node))
    }
}
