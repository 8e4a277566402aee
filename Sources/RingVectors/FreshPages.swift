#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#endif

/// Memory that is about to be written as a whole, asked of the kernel in one call instead of page by page.
///
/// A page that is touched for the first time costs the processor an exception.
///
/// Source: mask-kernels section 6
enum FreshPages {
    /// For smaller vectors the system calls are not worth it.
    private static let leastBytes = 1 << 20

    /// Makes the pages of `buffer` resident where Linux can and they seem not to be; contents do not change. Never fails: what
    /// is not done here happens when the bytes are written.
    ///
    /// - Parameter byteCount: bytes of the whole vector, when `buffer` is what one thread writes of it.
    /// - Complexity: one system call instead of an exception a page; four small ones when the pages are there already.
    static func prepare(_ buffer: UnsafeMutableRawBufferPointer, of byteCount: Int? = nil) {
        #if os(Linux)
            guard byteCount ?? buffer.count >= leastBytes, let start = buffer.baseAddress else { return }
            let pageBytes = Int(getpagesize())
            let address = Int(bitPattern: start)
            // Whole pages only: their neighbours belong to somebody else.
            let first = (address + pageBytes - 1) / pageBytes * pageBytes
            let pages = (address + buffer.count - first) / pageBytes
            guard pages > 0 else { return }
            let whole = unsafe UnsafeMutableRawBufferPointer(
                start: start + (first - address), count: pages * pageBytes)
            guard unsafe isFresh(whole, pages: pages, of: pageBytes) else { return }
            let populateForWriting: CInt = 23  // MADV_POPULATE_WRITE, since Linux 5.14
            _ = unsafe madvise(whole.baseAddress, whole.count, populateForWriting)
        #endif
    }

    #if os(Linux)
        /// Whether one of four pages, evenly spread, is not in memory.
        private static func isFresh(_ buffer: UnsafeMutableRawBufferPointer, pages: Int, of pageBytes: Int) -> Bool {
            (0..<4).contains { quarter in
                var residence: UInt8 = 1
                let page = unsafe buffer.baseAddress.map { unsafe $0 + (pages - 1) * quarter / 3 * pageBytes }
                return unsafe mincore(page, pageBytes, &residence) == 0 && residence & 1 == 0
            }
        }
    #endif
}
