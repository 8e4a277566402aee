#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// The moments of a file's replacement after which a machine may stop, in order.
/// Source: durability section 3
package enum ReplacementStep: Int, CaseIterable, Sendable {
    case created, halfWritten, written, synced, renamed, directorySynced
}

/// Called after every step of a replacement; what it throws ends it at once, with nothing tidied up.
package typealias ReplacementHook = (ReplacementStep) throws(StateStoreFailure) -> Void

extension PrivateDirectory {
    /// What the name of an unfinished file begins with.
    static let temporaryPrefix = ".tmp-"

    /// Removes what interrupted replacements left.
    func removeUnfinished() throws(FileFault) {
        for name in try names() where name.hasPrefix(Self.temporaryPrefix) { try unlink(name) }
    }

    /// Puts `bytes` in the place of a file: a new file is written and synced, takes the name, and the directory is synced.
    ///
    /// Whatever stops it, the name has the old contents or all of the new ones.
    func replace(
        _ file: String, with bytes: [UInt8], after hook: ReplacementHook
    ) throws(StateStoreFailure) {
        let temporary = Self.temporaryPrefix + file
        let handle = try asStoreFailure { () throws(FileFault) in try create(temporary) }
        try fill(handle, with: bytes, after: hook)
        try asStoreFailure { () throws(FileFault) in try rename(temporary, to: file) }
        try hook(.renamed)
        try asStoreFailure { () throws(FileFault) in try synchronise() }
        try hook(.directorySynced)
    }

    /// Writes and syncs a new file, and closes it whatever happens.
    private func fill(_ handle: Int32, with bytes: [UInt8], after hook: ReplacementHook) throws(StateStoreFailure) {
        defer { close(handle) }
        try hook(.created)
        try write(bytes, 0..<(bytes.count / 2), to: handle)
        try hook(.halfWritten)
        try write(bytes, (bytes.count / 2)..<bytes.count, to: handle)
        try hook(.written)
        _ = try asStoreFailure { () throws(FileFault) in try retrying { fsync(handle) } }
        try hook(.synced)
    }

    private func write(_ bytes: [UInt8], _ range: Range<Int>, to handle: Int32) throws(StateStoreFailure) {
        try asStoreFailure { () throws(FileFault) in
            try unsafe bytes.withUnsafeBufferPointer { (buffer) throws(FileFault) in
                let part = unsafe UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: buffer[range]))
                unsafe try PrivateDirectory.write(part, to: handle, at: range.lowerBound)
            }
        }
    }
}

/// Gives a file's fault its meaning for a state.
func asStoreFailure<Value>(
    tooLarge: StateStoreFailure = .recordTooLarge, _ body: () throws(FileFault) -> Value
) throws(StateStoreFailure) -> Value {
    do throws(FileFault) {
        return try body()
    } catch {
        switch error {
        case .inputOutput(let code): throw .inputOutput(errno: code)
        case .insecurePermissions(let mode): throw .insecurePermissions(mode: mode)
        case .wrongOwner: throw .wrongOwner
        case .notRegular, .changedWhileRead: throw .stateCorrupt
        case .tooLarge: throw tooLarge
        }
    }
}
