/// A directory of whole files, each replaced in one step: 0700, files 0600, one process at a time.
///
/// It knows nothing of what is in the files: they are public to whoever may read the directory, and not sealed.
/// Source: durability section 3
package final class AtomicFolder: Sendable {
    private let directory: PrivateDirectory

    /// Opens or creates the directory, whose parent exists, and removes what interrupted replacements left.
    ///
    /// Throws `insecurePermissions`, `wrongOwner`, or `inputOutput` with EWOULDBLOCK when somebody else holds it.
    package init(path: String) throws(StateStoreFailure) {
        directory = try asStoreFailure { () throws(FileFault) in
            let directory = try PrivateDirectory(path: path)
            try directory.removeUnfinished()
            return directory
        }
    }

    /// Puts `bytes` in the place of a file, on disk when it returns; throws `inputOutput`, or what the hook throws.
    package func replace(
        _ name: String, with bytes: [UInt8], after hook: ReplacementHook = { (_) throws(StateStoreFailure) in }
    ) throws(StateStoreFailure) {
        try directory.replace(name, with: bytes, after: hook)
    }

    /// The contents of a file, nil when there is none; throws `recordTooLarge` above the limit before anything is allocated,
    /// `stateCorrupt` for what is no file, `insecurePermissions`, `wrongOwner`, `inputOutput`.
    package func contents(of name: String, limit: Int) throws(StateStoreFailure) -> [UInt8]? {
        try asStoreFailure { () throws(FileFault) in try directory.contents(of: name, limit: limit) }
    }

    /// Removes a file, for good when it returns; none there is no error.
    package func remove(_ name: String) throws(StateStoreFailure) {
        try asStoreFailure { () throws(FileFault) in
            try directory.unlink(name)
            try directory.synchronise()
        }
    }

    /// The names of all files, in no order.
    package func names() throws(StateStoreFailure) -> [String] {
        try asStoreFailure { () throws(FileFault) in try directory.names() }
    }
}
