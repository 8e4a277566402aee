/// Where uploads wait until their digest is verified; one slot a sender, written in any order, read in order.
///
/// Uploads are masked already, so a spool holds nothing secret.  Bytes that were never written read as zero: the reader
/// checks the digest of the whole.
/// Source: durability section 5
public protocol InputSpool: AnyObject, Sendable {
    /// Makes a slot of `byteCount` bytes; what the slot held before is discarded.  Throws `full`, `invalidSize`.
    func open(slot: UInt32, byteCount: Int) throws(SpoolFailure)
    /// Writes bytes at an offset.  Throws `unknownSlot`, `outOfRange` when they leave the slot.
    func write(slot: UInt32, offset: Int, _ bytes: ArraySlice<UInt8>) throws(SpoolFailure)
    /// Returns when all that was written is durable, if the spool is.  Throws `unknownSlot`.
    func sync(slot: UInt32) throws(SpoolFailure)
    /// Calls `body` with (offset, tile) for tiles of `tileBytes` > 0 bytes in order until it returns false.
    func readAll(
        slot: UInt32, tileBytes: Int, _ body: (Int, UnsafeRawBufferPointer) -> Bool
    ) throws(SpoolFailure)
    /// Forgets the slot and frees its room; an unknown slot is no error.
    func release(slot: UInt32)
    /// Whether a slot survives a crash after `sync`.
    var isDurable: Bool { get }
}

/// Why a spool refused.
public enum SpoolFailure: Error, Equatable, Sendable {
    /// No room for the slot.
    case full
    /// The slot was not opened, or was released.
    case unknownSlot
    /// The bytes leave the slot.
    case outOfRange
    /// A negative size.
    case invalidSize
    /// A file or directory others can reach, or a symbolic link.
    case insecurePermissions(mode: UInt32)
    /// A file or directory of another user.
    case wrongOwner
    /// A file is not what the spool wrote.
    case corrupt
    /// A system call failed.
    case inputOutput(errno: Int32)
}
