import Testing

@testable import RingVectors

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// Memory that is made resident ahead keeps what is in it.
@Suite struct FreshPagesPropertyTests {
    @Test(arguments: [0, 1, 4_096, (1 << 20) - 1, 1 << 20, (3 << 20) + 5], [0, 1, 4_095])
    func contentsStay(byteCount: Int, shift: Int) {
        let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount + shift + 4_096, alignment: 4_096)
        defer { memory.deallocate() }
        // Every third page is touched before, and so are the bytes around the buffer.
        for place in stride(from: 0, to: memory.count, by: 3 * 4_096) {
            memory[place] = UInt8(truncatingIfNeeded: place >> 12) | 1
        }
        memory[memory.count - 1] = 99
        let buffer = UnsafeMutableRawBufferPointer(rebasing: memory[shift..<shift + byteCount])
        FreshPages.prepare(buffer)
        for place in stride(from: 0, to: memory.count - 1, by: 3 * 4_096) {
            #expect(memory[place] == UInt8(truncatingIfNeeded: place >> 12) | 1)
        }
        #expect(memory[memory.count - 1] == 99)
    }

    @Test func aVectorOfZerosIsZeroInUsedMemory() throws {
        let layout = try LaneLayout(bits: 21)
        for _ in 0..<4 {
            var dirty = [UInt8](repeating: 0xa5, count: 2_666_672)
            dirty[0] &+= 1
            #expect(dirty.count == 2_666_672)
            dirty = []
            #expect(PackedVector(zeros: 1_000_000, layout: layout).words.allSatisfy { $0 == 0 })
        }
    }

    #if os(Linux)
        private static let pageBytes = Int(getpagesize())
        private static let byteCount = 512 * pageBytes

        /// Pages of which none was touched, nor comes together with another; nil when there is no room.
        private static func freshMemory() -> UnsafeMutableRawPointer? {
            guard
                let memory = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
                memory != MAP_FAILED
            else { return nil }
            _ = madvise(memory, byteCount, MADV_NOHUGEPAGE)  // refused where there are no huge pages
            return memory
        }

        /// Whether the kernel makes one page resident when it is asked to (Linux 5.14), and says that it is one.
        static let kernelTells: Bool = {
            guard let memory = freshMemory() else { return false }
            defer { munmap(memory, byteCount) }
            var residence = [UInt8](repeating: 0, count: 512)
            return madvise(memory, pageBytes, 23) == 0 && mincore(memory, byteCount, &residence) == 0
                && residence.count { $0 & 1 == 1 } == 1
        }()

        /// Every whole page is there afterwards.
        @Test(.enabled(if: kernelTells, "the kernel does not populate pages, or does not tell which are resident"))
        func pagesAreResident() throws {
            let (pageBytes, byteCount) = (Self.pageBytes, Self.byteCount)
            let memory = try #require(Self.freshMemory())
            defer { munmap(memory, byteCount) }
            var residence = [UInt8](repeating: 0, count: 512)
            // A part of a vector that is large enough, then the rest as a vector of its own.
            let part = 100 * pageBytes
            FreshPages.prepare(UnsafeMutableRawBufferPointer(start: memory, count: part))
            #expect(mincore(memory, part, &residence) == 0 && residence[..<100].allSatisfy { $0 & 1 == 0 })
            FreshPages.prepare(UnsafeMutableRawBufferPointer(start: memory, count: part), of: byteCount)
            #expect(mincore(memory, part, &residence) == 0 && residence[..<100].allSatisfy { $0 & 1 == 1 })
            FreshPages.prepare(UnsafeMutableRawBufferPointer(start: memory, count: byteCount))
            #expect(mincore(memory, byteCount, &residence) == 0 && residence.allSatisfy { $0 & 1 == 1 })
        }
    #endif
}
