/// Why a state could not be stored or must not be used.
public enum StateStoreFailure: Error, Equatable, Sendable {
    /// The bytes are damaged, forged, of another name, or sealed with another key.
    case stateCorrupt
    /// The record is older than its counter, or gone: `stored` is the counter, `found` the record (0 when gone).
    case stateRolledBack(stored: UInt64, found: UInt64)
    /// A commit of a generation that is not above the stored one.
    case staleGeneration(stored: UInt64, offered: UInt64)
    /// A file or directory others can reach, or a symbolic link; `mode` as the system reports it.
    case insecurePermissions(mode: UInt32)
    /// A file or directory of another user.
    case wrongOwner
    /// A system call failed.
    case inputOutput(errno: Int32)
    /// A record above the limit of the store.
    case recordTooLarge
    /// The system gives no guarded memory for the opened record.
    case memoryExhausted
}
