internal import CKernels
internal import CryptoPrimitives
internal import Synchronization

extension QuantiserKernel {
    /// Encodes the values of the words in `range` of a whole vector of Floats and packs them into `words`.
    ///
    /// `range` starts at a multiple of 64.
    func encode(
        _ input: SharedBytes, words range: Range<Int>, into words: UnsafeMutableBufferPointer<UInt64>,
        layout: LaneLayout
    ) -> Findings {
        // 512 words draw a whole number of the widest keystream groups, whatever the lanes.
        let (lanes, tileWords) = (layout.lanes, 512)
        var found = Findings()
        unsafe withUnsafeTemporaryAllocation(of: Int64.self, capacity: lanes * tileWords) { tile in
            guard let levels = tile.baseAddress, let packed = words.baseAddress else { return }
            for start in stride(from: 0, to: range.count, by: tileWords) {
                let count = min(tileWords, range.count - start)
                let first = (range.lowerBound + start) * lanes
                let bytes = 4 * first..<min(4 * (first + lanes * count), input.count)
                let values = unsafe input[bytes].assumingMemoryBound(to: Float.self)
                unsafe found.nonFinite |= QuantiserKernel.anyNonFinite(values)
                unsafe found.clipped &+= encode(values, first: first, into: levels)
                for lane in values.count..<(lanes * count) { unsafe levels[lane] = 0 }
                unsafe found.excess |= ck_pack(
                    packed + start, levels, count, UInt32(layout.bits), KernelPath.automatic.rawValue)
            }
            unsafe wipe(UnsafeMutableRawBufferPointer(tile))
        }
        return found
    }

    /// What was seen on the way, none of it acted on before all is done.
    struct Findings {
        /// Values that were clipped.
        var clipped = 0
        /// Bits by which levels leave the ring.
        var excess: UInt64 = 0
        /// Not zero when there is a NaN or an infinity.
        var nonFinite: UInt64 = 0
    }
}

/// What the threads of one quantisation found.
final class QuantiserTotals: Sendable {
    private let clippedValues = Atomic<Int>(0)
    private let strayBits = Atomic<UInt64>(0)
    private let nonFiniteBits = Atomic<UInt64>(0)

    /// Adds what one range showed.
    func add(_ part: QuantiserKernel.Findings) {
        clippedValues.wrappingAdd(part.clipped, ordering: .relaxed)
        strayBits.bitwiseOr(part.excess, ordering: .relaxed)
        nonFiniteBits.bitwiseOr(part.nonFinite, ordering: .relaxed)
    }

    /// Values that were clipped.
    var clipped: Int { clippedValues.load(ordering: .relaxed) }
    /// Bits by which levels leave the ring.
    var excess: UInt64 { strayBits.load(ordering: .relaxed) }
    /// Not zero when there is a NaN or an infinity.
    var nonFinite: UInt64 { nonFiniteBits.load(ordering: .relaxed) }
}

/// The kernel whose key the threads share. Sendable: they copy from it and change nothing.
struct FirstKernel: @unchecked Sendable {
    let kernel: QuantiserKernel

    init(_ kernel: QuantiserKernel) { self.kernel = kernel }
}
