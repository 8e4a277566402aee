#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A directory that only its owner can enter, held open and locked for this object alone.
///
/// Everything goes through the open descriptor, so renaming the directory or putting a link in its place changes
/// nothing.  Symbolic links are never followed.
/// Source: durability section 3
final class PrivateDirectory: Sendable {
    private let descriptor: Int32

    /// Opens `path`, creating the last component with mode 0700 when it is missing.
    init(path: String) throws(FileFault) {
        guard !path.utf8.contains(0), !path.isEmpty else { throw .inputOutput(EINVAL) }
        let trimmed = PrivateDirectory.withoutTrailingSlashes(path)
        let created = unsafe mkdir(trimmed, 0o700) == 0
        if !created, errno != EEXIST { throw .inputOutput(errno) }
        descriptor = try retrying { unsafe open(trimmed, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC) }
        // From here on every property is set, so a throw runs deinit, which closes the descriptor.
        _ = try PrivateDirectory.checkedStatus(of: descriptor, isDirectory: true)
        _ = try retrying { flock(descriptor, LOCK_EX | LOCK_NB) }
        if created {
            let parent = try retrying { unsafe openat(descriptor, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
            defer { close(parent) }
            _ = try retrying { fsync(parent) }
        }
    }

    deinit {
        close(descriptor)
    }

    /// The whole contents of a file, nil when there is none.  Throws `tooLarge` before anything is allocated.
    func contents(of name: String, limit: Int) throws(FileFault) -> [UInt8]? {
        guard let file = try openExisting(name, O_RDONLY) else { return nil }
        defer { close(file) }
        let size = try PrivateDirectory.checkedStatus(of: file, isDirectory: false)
        guard size <= limit else { throw .tooLarge }
        var fault: FileFault?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, initialised in
            do throws(FileFault) {
                unsafe try PrivateDirectory.read(UnsafeMutableRawBufferPointer(buffer), from: file, at: 0)
                initialised = size
            } catch {
                fault = error
            }
        }
        if let fault { throw fault }
        return bytes
    }

    /// The size of a file after the checks of owner and mode, nil when there is none.
    func size(of name: String) throws(FileFault) -> Int? {
        guard let file = try openExisting(name, O_RDONLY) else { return nil }
        defer { close(file) }
        return try PrivateDirectory.checkedStatus(of: file, isDirectory: false)
    }

    /// A new file of mode 0600, open for reading and writing; whatever had the name is removed first.
    func create(_ name: String) throws(FileFault) -> Int32 {
        try unlink(name)
        return try retrying {
            unsafe openat(descriptor, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        }
    }

    /// An existing file, checked to be private; nil when there is none.
    func openPrivate(_ name: String, writable: Bool) throws(FileFault) -> Int32? {
        guard let file = try openExisting(name, writable ? O_RDWR : O_RDONLY) else { return nil }
        do throws(FileFault) {
            _ = try PrivateDirectory.checkedStatus(of: file, isDirectory: false)
            return file
        } catch {
            close(file)
            throw error
        }
    }

    /// Puts `name` in the place of `target` in one step.
    func rename(_ name: String, to target: String) throws(FileFault) {
        _ = try retrying { unsafe renameat(descriptor, name, descriptor, target) }
    }

    /// Removes a name; none there is no error.
    func unlink(_ name: String) throws(FileFault) {
        if unsafe unlinkat(descriptor, name, 0) != 0, errno != ENOENT { throw .inputOutput(errno) }
    }

    /// Makes every creation, renaming and removal so far durable.
    func synchronise() throws(FileFault) {
        _ = try retrying { fsync(descriptor) }
    }

    /// The names in the directory, without "." and "..", in no order.
    func names() throws(FileFault) -> [String] {
        let copy = try retrying { unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = unsafe fdopendir(copy) else {
            let code = errno
            close(copy)
            throw .inputOutput(code)
        }
        defer { unsafe closedir(stream) }
        var found: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else {
                guard errno == 0 else { throw .inputOutput(errno) }
                return found
            }
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { buffer in
                unsafe String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != ".", name != ".." { found.append(name) }
        }
    }

    /// Writes all bytes at `offset`.
    static func write(_ bytes: UnsafeRawBufferPointer, to file: Int32, at offset: Int) throws(FileFault) {
        var done = 0
        while done < bytes.count {
            done += try retrying {
                unsafe pwrite(
                    file, bytes.baseAddress.map { unsafe $0 + done }, bytes.count - done, off_t(offset + done))
            }
        }
    }

    /// Reads exactly as many bytes as the buffer holds.  Throws `changedWhileRead` when the file ends before.
    static func read(_ buffer: UnsafeMutableRawBufferPointer, from file: Int32, at offset: Int) throws(FileFault) {
        var done = 0
        while done < buffer.count {
            let count = try retrying {
                unsafe pread(
                    file, buffer.baseAddress.map { unsafe $0 + done }, buffer.count - done, off_t(offset + done))
            }
            guard count > 0 else { throw .changedWhileRead }
            done += count
        }
    }

    private func openExisting(_ name: String, _ access: Int32) throws(FileFault) -> Int32? {
        do throws(FileFault) {
            // O_NONBLOCK: opening a pipe somebody left here must not wait for its other end.
            return try retrying { unsafe openat(descriptor, name, access | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) }
        } catch .inputOutput(ENOENT) {
            return nil
        } catch .inputOutput(ELOOP) {
            throw .insecurePermissions(UInt32(S_IFLNK) | 0o777)
        } catch {
            throw error
        }
    }

    /// Checks kind, owner and mode, and returns the size.
    private static func checkedStatus(of file: Int32, isDirectory: Bool) throws(FileFault) -> Int {
        var status = stat()
        _ = try retrying { unsafe fstat(file, &status) }
        let mode = UInt32(status.st_mode)
        guard mode & UInt32(S_IFMT) == UInt32(isDirectory ? S_IFDIR : S_IFREG) else { throw .notRegular }
        guard status.st_uid == geteuid() else { throw .wrongOwner }
        guard mode & 0o077 == 0 else { throw .insecurePermissions(mode) }
        return Int(status.st_size)
    }

    private static func withoutTrailingSlashes(_ path: String) -> String {
        var trimmed = Substring(path)
        while trimmed.count > 1, trimmed.last == "/" { trimmed = trimmed.dropLast() }
        return String(trimmed)
    }
}

/// Repeats a system call that was interrupted; throws its error number when it fails.
func retrying<Value: SignedInteger>(_ call: () -> Value) throws(FileFault) -> Value {
    while true {
        let result = call()
        if result >= 0 { return result }
        guard errno == EINTR else { throw .inputOutput(errno) }
    }
}
