internal import CKernels
internal import CryptoPrimitives

extension PackedVector {
    /// Packs signed values in two's complement.
    ///
    /// Throws `elementOutOfRange` unless -2^(bits - 1) <= v < 2^(bits - 1) for every v, after looking at all of them, and
    /// `vectorTooLarge` above 2^32 values.  The time does not depend on the values.
    /// Source: lane-packing section 1
    public init(packing values: [Int64], layout: LaneLayout) throws(RingFailure) {
        guard values.count <= PackedVector.maximumCount else { throw .vectorTooLarge }
        self.init(zeros: values.count, layout: layout)
        let excess = unsafe values.withUnsafeBufferPointer { source in
            unsafe withMutableWords { target in
                unsafe PackedVector.pack(source, into: target, layout: layout)
            }
        }
        guard excess == 0 else { throw .elementOutOfRange }
    }

    /// Packs values after taking each modulo 2^bits into the signed range: for numbers under noise, which is added modulo
    /// 2^bits and never clamped.
    ///
    /// Throws `vectorTooLarge` only. Costs one copy of the values, wiped, beside the packing.
    /// Source: lane-packing section 1
    public init(reducing values: [Int64], layout: LaneLayout) throws(RingFailure) {
        let unused = Int64(64 - layout.bits)
        var reduced = values
        unsafe reduced.withUnsafeMutableBufferPointer { buffer in
            for index in 0..<buffer.count { unsafe buffer[index] = (buffer[index] &<< unused) &>> unused }
        }
        defer { unsafe reduced.withUnsafeMutableBytes { unsafe CryptoPrimitives.wipe($0) } }
        try self.init(packing: reduced, layout: layout)
    }

    /// The values, sign-extended from the top bit of their lane.
    /// Source: lane-packing section 1
    public func signedValues() -> [Int64] {
        let (lanes, bits) = (layout.lanes, layout.bits)
        let unused = UInt64(64 - bits)
        return unsafe [Int64](unsafeUninitializedCapacity: count) { target, initialised in
            unsafe withWords { source in
                let whole = count / lanes
                if whole > 0, let values = target.baseAddress, let packed = source.baseAddress {
                    unsafe ck_unpack(values, packed, whole, UInt32(bits), KernelPath.automatic.rawValue)
                }
                for element in (whole * lanes)..<count {
                    let lane = UInt64((element - whole * lanes) * bits)
                    unsafe target[element] = Int64(bitPattern: (source[whole] >> lane) << unused) &>> Int64(unused)
                }
            }
            initialised = count
        }
    }

    /// Packs and returns the bits by which any value leaves the range, zero when none does.
    private static func pack(
        _ source: UnsafeBufferPointer<Int64>, into target: UnsafeMutableBufferPointer<UInt64>, layout: LaneLayout
    ) -> UInt64 {
        let (lanes, bits, mask) = (layout.lanes, UInt64(layout.bits), layout.valueBits)
        let half: UInt64 = 1 << (bits - 1)
        let whole = source.count / lanes
        var excess: UInt64 = 0
        if whole > 0, let values = source.baseAddress, let packed = target.baseAddress {
            unsafe excess = ck_pack(packed, values, whole, UInt32(bits), KernelPath.automatic.rawValue)
        }
        for element in (whole * lanes)..<source.count {
            let value = UInt64(bitPattern: unsafe source[element])
            excess |= (value &+ half) & ~mask
            unsafe target[whole] |= (value & mask) &<< (UInt64(element - whole * lanes) &* bits)
        }
        return excess
    }
}
