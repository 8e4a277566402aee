package import CryptoPrimitives
package import RoundProtocol
internal import Synchronization

/// Verdicts on the coordinator's broadcasts, kept for other participants of the same process: the same bytes under the same
/// roster and policy get the same verdict, so that n participants in one process check n signatures once instead of n times.
///
/// For trials that hold all parties. A participant with verdicts of others trusts whoever made them, which is this process; one
/// company alone never shares any. A broadcast counts as the same by where its bytes are, which the kept copy holds in place.
package final class PublicVerdicts: Sendable {
    private struct Kept: Sendable {
        let bytes: [UInt8]
        let value: any Sendable
    }

    private enum Kind: Hashable {
        case signature, session, survivors, cohort, quorum
    }

    private let kept = Mutex<[Kind: Kept]>([:])

    package init() {}

    /// Whether the coordinator signed a frame, and what it hashes to.
    package func signature(
        _ frame: Frame, _ make: () -> (isGenuine: Bool, digest: Digest)
    ) -> (isGenuine: Bool, digest: Digest) {
        value(.signature, frame, make)
    }

    /// The advertisements and the session of a list.
    package func session(
        _ list: Frame, _ make: () throws(Abort) -> ([Frame], Session)
    ) throws(Abort) -> ([Frame], Session) {
        try value(.session, list, make)
    }

    /// A survivor list whose every input has been checked.
    package func survivors(_ frame: Frame, _ make: () throws(Abort) -> SurvivorList) throws(Abort) -> SurvivorList {
        try value(.survivors, frame, make)
    }

    /// What the survivors' keys of a checked list hash to.
    package func cohort(_ frame: Frame, _ make: () -> Digest) -> Digest {
        value(.cohort, frame, make)
    }

    /// A request under which a quorum's signatures stand.
    package func quorum(_ frame: Frame, _ make: () throws(Abort) -> UnmaskRequest) throws(Abort) -> UnmaskRequest {
        try value(.quorum, frame, make)
    }

    private func value<T: Sendable, E: Error>(_ kind: Kind, _ frame: Frame, _ make: () throws(E) -> T) throws(E) -> T {
        let known = kept.withLock { $0[kind] }
        if let known, Self.isSame(known.bytes, frame.bytes), let value = known.value as? T { return value }
        let value = try make()
        kept.withLock { $0[kind] = Kept(bytes: frame.bytes, value: value) }
        return value
    }

    private static func isSame(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        unsafe left.withUnsafeBytes { left in
            unsafe right.withUnsafeBytes { right in
                unsafe left.count == right.count && left.baseAddress == right.baseAddress
            }
        }
    }
}
