#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Why a file could not be read whole.
enum FileReadFailure: Error, Equatable {
    /// The operating system's error number.
    case system(Int32)
    /// More bytes than the caller allows.
    case tooLarge
}

/// Reads whole files with plain system calls.
enum FileContents {
    /// All bytes of the file at `path`; allocates the size the file reports, never more than `limit` bytes.
    static func read(_ path: String, limit: Int) throws(FileReadFailure) -> [UInt8] {
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .system(errno) }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw .system(errno) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw .system(EINVAL) }
        guard status.st_size <= limit else { throw .tooLarge }
        let size = Int(status.st_size)
        var failure: Int32 = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            while count < size, let base = buffer.baseAddress {
                let got = unsafe Self.readSome(descriptor, base + count, size - count)
                if got > 0 {
                    count += got
                } else if got == 0 {
                    break
                } else if errno != EINTR {
                    failure = errno
                    break
                }
            }
        }
        guard failure == 0 else { throw .system(failure) }
        return bytes
    }

    @unsafe private static func readSome(_ descriptor: Int32, _ address: UnsafeMutablePointer<UInt8>, _ count: Int)
        -> Int
    {
        #if canImport(Glibc)
            unsafe Glibc.read(descriptor, address, count)
        #elseif canImport(Musl)
            unsafe Musl.read(descriptor, address, count)
        #else
            unsafe Darwin.read(descriptor, address, count)
        #endif
    }
}
