internal import CKernels
internal import Dispatch

/// Data parallelism inside one synchronous call: a range is cut into one piece a thread, without locks.
///
/// Source: mask-kernels section 6
public enum Workers {
    /// Processors that this process may use, at least 1: the default of every `threads`.
    public static let all = Int(ck_processors())

    /// Calls `body` with disjoint ranges that cover 0..<count, from at most `threads` threads, and returns after the last.
    ///
    /// - Parameters:
    ///   - least: items that are worth a thread: some 100 microseconds.
    ///   - multiple: every range but the last ends at a multiple of this.
    package static func forEachRange(
        of count: Int, threads: Int, least: Int, multiple: Int = 1, _ body: @Sendable (Range<Int>) -> Void
    ) {
        precondition(threads >= 1 && least >= 1 && multiple >= 1)
        let pieces = max(1, min(threads, count / least))
        guard pieces > 1 else { return body(0..<count) }
        let units = (count + multiple - 1) / multiple
        @Sendable func edge(_ piece: Int) -> Int { min(count, units * piece / pieces * multiple) }
        DispatchQueue.concurrentPerform(iterations: pieces) { piece in
            body(edge(piece)..<edge(piece + 1))
        }
    }
}

/// A buffer whose disjoint ranges several threads read or write at the same time.
///
/// Sendable: whoever makes one sees to it that no range that is written is touched by another thread, and that the memory
/// outlives the call; `Workers.forEachRange` returns after its last range.
@safe
package struct SharedBuffer<Element>: @unchecked Sendable {
    private let buffer: UnsafeMutableBufferPointer<Element>

    package init(_ buffer: UnsafeMutableBufferPointer<Element>) {
        unsafe self.buffer = buffer
    }

    /// The elements of a range.
    package subscript(range: Range<Int>) -> UnsafeMutableBufferPointer<Element> {
        unsafe UnsafeMutableBufferPointer(rebasing: buffer[range])
    }
}

/// Bytes that several threads read at the same time.
///
/// Sendable: nobody writes them while the call lasts.
@safe
package struct SharedBytes: @unchecked Sendable {
    private let buffer: UnsafeRawBufferPointer

    package init(_ buffer: UnsafeRawBufferPointer) {
        unsafe self.buffer = buffer
    }

    /// The number of bytes.
    package var count: Int { unsafe buffer.count }

    /// The bytes of a range.
    package subscript(range: Range<Int>) -> UnsafeRawBufferPointer {
        unsafe UnsafeRawBufferPointer(rebasing: buffer[range])
    }
}
