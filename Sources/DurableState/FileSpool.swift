#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif
internal import Synchronization

/// A spool in a directory of its own, one file a slot: 0700, files 0600, one process at a time.
///
/// Slots that were there when the spool is opened are there again, with the size they were opened with.
/// Source: durability section 5
public final class FileSpool: InputSpool {
    private let directory: PrivateDirectory
    private let sizes: Mutex<[UInt32: Int]>

    /// Opens or creates the spool in `directory`, whose parent exists.
    ///
    /// Throws `insecurePermissions` or `wrongOwner` for what others can reach, `inputOutput`.
    public init(directory path: String) throws(SpoolFailure) {
        var found: [UInt32: Int] = [:]
        do throws(FileFault) {
            directory = try PrivateDirectory(path: path)
            for name in try directory.names() {
                guard let slot = FileSpool.slot(ofFile: name), let size = try directory.size(of: name) else { continue }
                found[slot] = size
            }
        } catch {
            throw SpoolFailure(error)
        }
        sizes = Mutex(found)
    }

    /// True: what was written before `sync` returned survives a crash.
    public var isDurable: Bool { true }

    /// The slots that hold something, ascending.
    public var slots: [UInt32] { sizes.withLock { $0.keys.sorted() } }

    /// Makes a slot that reads as zero.  Throws `full` when the disk is, `invalidSize`, `inputOutput`.
    public func open(slot: UInt32, byteCount: Int) throws(SpoolFailure) {
        guard byteCount >= 0 else { throw .invalidSize }
        try sizes.withLock { (sizes) throws(SpoolFailure) in
            sizes[slot] = nil
            do throws(FileFault) {
                let file = try directory.create(FileSpool.file(of: slot))
                defer { close(file) }
                _ = try retrying { ftruncate(file, off_t(byteCount)) }
            } catch {
                throw SpoolFailure(error)
            }
            sizes[slot] = byteCount
        }
    }

    /// Writes bytes at an offset.  Throws `unknownSlot`, `outOfRange`, `full`, `inputOutput`.
    public func write(slot: UInt32, offset: Int, _ bytes: ArraySlice<UInt8>) throws(SpoolFailure) {
        try withFile(of: slot, writable: true) { (file, size) throws(SpoolFailure) in
            guard offset >= 0, offset <= size, bytes.count <= size - offset else { throw .outOfRange }
            do throws(FileFault) {
                try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(FileFault) in
                    unsafe try PrivateDirectory.write(UnsafeRawBufferPointer(buffer), to: file, at: offset)
                }
            } catch {
                throw SpoolFailure(error)
            }
        }
    }

    /// Returns when the slot is on disk.  Throws `unknownSlot`, `inputOutput`.
    public func sync(slot: UInt32) throws(SpoolFailure) {
        try withFile(of: slot, writable: true) { (file, _) throws(SpoolFailure) in
            do throws(FileFault) {
                _ = try retrying { fsync(file) }
                try directory.synchronise()
            } catch {
                throw SpoolFailure(error)
            }
        }
    }

    /// Calls `body` with (offset, tile) in order until it returns false; one tile in memory at a time.
    ///
    /// Throws `unknownSlot`, `corrupt` when the file is shorter than the slot, `inputOutput`.
    public func readAll(
        slot: UInt32, tileBytes: Int, _ body: (Int, UnsafeRawBufferPointer) -> Bool
    ) throws(SpoolFailure) {
        precondition(tileBytes > 0, "a tile has at least one byte")
        try withFile(of: slot, writable: false) { (file, size) throws(SpoolFailure) in
            let tile = UnsafeMutableRawBufferPointer.allocate(byteCount: min(tileBytes, size), alignment: 64)
            defer { unsafe tile.deallocate() }
            for start in stride(from: 0, to: size, by: tileBytes) {
                let part = unsafe UnsafeMutableRawBufferPointer(rebasing: tile[0..<min(tileBytes, size - start)])
                do throws(FileFault) {
                    unsafe try PrivateDirectory.read(part, from: file, at: start)
                } catch {
                    throw SpoolFailure(error)
                }
                guard unsafe body(start, UnsafeRawBufferPointer(part)) else { return }
            }
        }
    }

    /// Forgets the slot and removes its file; the removal is durable with the next `sync` of any slot.
    public func release(slot: UInt32) {
        sizes.withLock { sizes in
            sizes[slot] = nil
            // A file that cannot be removed now is discarded when the slot is opened again.
            try? directory.unlink(FileSpool.file(of: slot))
        }
    }

    private func withFile(
        of slot: UInt32, writable: Bool, _ body: (Int32, Int) throws(SpoolFailure) -> Void
    ) throws(SpoolFailure) {
        guard let size = sizes.withLock({ $0[slot] }) else { throw .unknownSlot }
        let opened: Int32?
        do throws(FileFault) {
            opened = try directory.openPrivate(FileSpool.file(of: slot), writable: writable)
        } catch {
            throw SpoolFailure(error)
        }
        guard let file = opened else { throw .unknownSlot }
        defer { close(file) }
        try body(file, size)
    }

    private static func file(of slot: UInt32) -> String { "slot-\(slot).part" }

    private static func slot(ofFile name: String) -> UInt32? {
        guard name.hasPrefix("slot-"), name.hasSuffix(".part"),
            let slot = UInt32(name.dropFirst(5).dropLast(5)), file(of: slot) == name
        else { return nil }
        return slot
    }
}

extension SpoolFailure {
    fileprivate init(_ fault: FileFault) {
        switch fault {
        case .inputOutput(ENOSPC), .inputOutput(EDQUOT), .inputOutput(EFBIG): self = .full
        case .inputOutput(let code): self = .inputOutput(errno: code)
        case .insecurePermissions(let mode): self = .insecurePermissions(mode: mode)
        case .wrongOwner: self = .wrongOwner
        case .notRegular, .tooLarge, .changedWhileRead: self = .corrupt
        }
    }
}
