internal import CGMP
internal import CryptoPrimitives

extension PlaintextPacking {
    /// Packs one input: the contributor's 1, its weight, its (already weighted) coordinates.
    ///
    /// Throws `valueOutOfRange` when a magnitude is above weightCap * valueBound + noiseTail or the weight above its cap,
    /// without saying where, and `keyMismatch` for a key of another length. Time depends on the dimension alone.
    /// - Complexity: some 5 ns a coordinate.
    public func encode(
        _ values: [Int64], weight: UInt64 = 1, for key: PublicKey
    ) throws(PaillierFailure) -> PlaintextVector {
        guard key.parameters.modulusBits == modulusBits else { throw .keyMismatch }
        let count = ciphertextCount(dimension: values.count)
        var plaintexts = PlaintextVector(zeroed: count, key: key, codecID: digest)
        let limbs = plaintexts.limbsPerPlaintext
        let biases = biasLimbs(limbs)
        let modulus = key.modulus
        var outOfRange: UInt64 = weight > weightCap ? 1 : 0
        unsafe plaintexts.withMutableLimbs { out in
            unsafe values.withUnsafeBufferPointer { values in
                var next = 0
                for index in 0..<count {
                    let plaintext = unsafe out + limbs * index
                    var digits = unsafe DigitWriter(target: plaintext, bits: slotBits)
                    var free = slots
                    if index == 0 {
                        unsafe digits.append((1 &+ bias) & digitMask)
                        unsafe digits.append((weight &+ bias) & digitMask)
                        free -= Self.reservedSlots
                    }
                    let filled = min(free, values.count - next)
                    for position in next..<next + filled {
                        let value = unsafe UInt64(bitPattern: values[position])
                        outOfRange |= value &+ inputBound > 2 &* inputBound ? 1 : 0
                        unsafe digits.append((value &+ bias) & digitMask)
                    }
                    next += filled
                    for _ in filled..<free { unsafe digits.append(bias) }
                    unsafe digits.finish()
                    // Biased digits minus the bias: the signed sum, modulo n.
                    let borrow = unsafe secagg_mpn_sub_n(plaintext, plaintext, biases, limbs)
                    _ = unsafe secagg_mpn_cnd_add_n(borrow, plaintext, plaintext, modulus, limbs)
                }
            }
        }
        guard disclosed(outOfRange.isZeroBit, .refusal) else { throw .valueOutOfRange }
        return plaintexts
    }

    /// Unpacks an opened sum of exactly `expectedCount` inputs of `dimension` coordinates.
    ///
    /// Throws `keyMismatch`, `codecMismatch`, `dimensionMismatch`, `bitsAboveTopSlot`, `wrongContributorCount`,
    /// `valueOutOfRange` for an impossible weight, and `sumOutOfRange` for a coordinate beyond what so many inputs can reach.
    /// - Complexity: some 30 ns a coordinate.
    public func decode(
        _ sum: borrowing PlaintextVector, dimension: Int, expectedCount: Int, for key: PublicKey
    ) throws(PaillierFailure) -> (values: [Int64], weight: UInt64) {
        guard sum.keyID == key.id, key.parameters.modulusBits == modulusBits else { throw .keyMismatch }
        guard sum.codecID == digest else { throw .codecMismatch }
        guard dimension >= 0, sum.count == ciphertextCount(dimension: dimension) else { throw .dimensionMismatch }
        let limbs = sum.limbsPerPlaintext
        let count = sum.count
        let biases = biasLimbs(limbs)
        let modulus = key.modulus
        var values = [Int64](repeating: 0, count: dimension)
        var reserved: (count: Int64, weight: Int64) = (0, 0)
        var above: UInt64 = 0
        unsafe values.withUnsafeMutableBufferPointer { values in
            unsafe sum.withLimbs { plaintexts in
                unsafe withSecretScratch(limbs: limbs) { work in
                    var next = 0
                    for index in 0..<count {
                        let carry = unsafe secagg_mpn_add_n(work, plaintexts + limbs * index, biases, limbs)
                        let borrow = unsafe secagg_mpn_sub_n(work, work, modulus, limbs)
                        _ = unsafe secagg_mpn_cnd_add_n(borrow & ~carry & 1, work, work, modulus, limbs)
                        above |= unsafe bitsAboveTop(work, limbs: limbs)
                        var digits = unsafe DigitReader(source: work, limbs: limbs, bits: slotBits)
                        var free = slots
                        if index == 0 {
                            reserved.count = unsafe signed(digits.next())
                            reserved.weight = unsafe signed(digits.next())
                            free -= Self.reservedSlots
                        }
                        let filled = min(free, values.count - next)
                        for position in next..<next + filled {
                            unsafe values[position] = unsafe signed(digits.next())
                        }
                        next += filled
                        for _ in filled..<free { above |= unsafe digits.next() ^ bias }
                    }
                }
            }
        }
        guard above == 0 else { throw .bitsAboveTopSlot }
        guard reserved.count == Int64(expectedCount) else {
            throw .wrongContributorCount(expected: expectedCount, found: reserved.count)
        }
        guard expectedCount >= 0, expectedCount <= participants else {
            throw .wrongContributorCount(expected: participants, found: reserved.count)
        }
        let contributors = UInt64(expectedCount)
        guard reserved.weight >= 0, UInt64(reserved.weight) <= contributors * weightCap else { throw .valueOutOfRange }
        // No overflow: the packing was proved for at least as many contributors.
        let bound = contributors &* weightCap &* valueBound &+ noiseTail
        if let index = values.firstIndex(where: { $0.magnitude > bound }) { throw .sumOutOfRange(index: index) }
        return (values, UInt64(reserved.weight))
    }

    @inline(__always)
    private func signed(_ digit: UInt64) -> Int64 {
        Int64(bitPattern: digit &- bias)
    }

    /// The bits from slots * slotBits on, gathered.
    private func bitsAboveTop(_ number: UnsafePointer<UInt64>, limbs: Int) -> UInt64 {
        let top = slots * slotBits
        var gathered = unsafe number[top / 64] >> UInt64(top % 64)
        for i in top / 64 + 1..<limbs { gathered |= unsafe number[i] }
        return gathered
    }
}
