public import CryptoPrimitives
public import DurableState

/// Why a model bundle was not written, read or made current.
/// Source: model-life section 6
public enum BundleFailure: Error, Equatable, Sendable {
    /// The bytes end too soon.
    case truncated
    /// The bytes do not begin as a bundle does.
    case notABundle
    /// A format that this version does not read.
    case unsupportedVersion(found: Int)
    /// Something stands behind the digest.
    case trailingBytes(count: Int)
    /// The bytes are not those that were hashed.
    case altered
    /// The digest holds and the description is no bundle's: a member is missing, of another kind or out of range.
    case malformed
    /// The description is not in the one form that it is written in.
    case notCanonical
    /// More bytes than the limit, found before any were read.
    case tooLarge
    /// A number that is none, or parts that do not fit together.
    case invalidField
    /// The bundle follows another one than the current.
    case wrongParent(expected: Digest?, found: Digest?)
    /// The bundle's number is not above its parent's.
    case staleVersion(parent: UInt64, offered: UInt64)
    /// No bundle of this hash is in the store.
    case unknown(Digest)
    /// There is nothing to roll back to.
    case noParent
    /// The bundle is the current one or its parent and stays.
    case inUse
    /// What says which bundle is current is damaged.
    case pointerCorrupt
    /// The directory refused.
    case store(StateStoreFailure)
}
