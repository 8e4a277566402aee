public import CryptoPrimitives
internal import RingVectors
internal import WireFormat

/// How signed values share plaintexts: slots of equal width, wide enough that no sum of honest inputs leaves its slot.
///
/// A plaintext is the sum of slot j times 2^(j slotBits), taken modulo n. The first two slots of the first plaintext are
/// the number of contributors (each adds 1) and their weight. All slots of a plaintext together stay below n / 4 in
/// magnitude, so a sum never wraps.
///
/// > Important: an input that was not made by `encode` can exceed its slots and change its neighbours. Decoding bounds
/// > every slot of the sum and refuses what honest inputs cannot reach; within those bounds only proofs would tell.
///
/// Source: paillier "Packing"
public struct PlaintextPacking: Hashable, Sendable {
    /// Slots of the first plaintext that hold no coordinate: the contributors and the weight.
    static let reservedSlots = 2

    /// Bits of the modulus.
    public let modulusBits: Int
    /// The largest magnitude of a value, before weighting.
    public let valueBound: UInt64
    /// The most inputs of a sum.
    public let participants: Int
    /// The largest weight of an input; values are weighted by the caller, before encoding.
    public let weightCap: UInt64
    /// The largest magnitude of all noise together.
    public let noiseTail: UInt64
    /// Bits of a slot, 8 ... 64.
    public let slotBits: Int
    /// Slots of a plaintext.
    public let slots: Int
    /// The largest magnitude of a coordinate of one input: weightCap * valueBound + noiseTail.
    let inputBound: UInt64
    /// BLAKE2b-256, personalisation "QSA1 packing", over the fields above.
    public let digest: Digest

    /// The packing for sums of up to `participants` (1 or more) inputs.
    ///
    /// Throws `overflowPossible` when a slot needs more than 64 bits or the modulus does not hold three slots.
    public init(
        modulusBits: Int, valueBound: UInt64, participants: Int, weightCap: UInt64 = 1, noiseTail: UInt64 = 0
    ) throws(PaillierFailure) {
        precondition(participants > 0 && modulusBits > 0, "a sum has an input and a modulus")
        let needed: Int
        do {
            // The counting slots need no more than a value of magnitude 1.
            needed = try OverflowProof.requiredBits(
                participants: participants, weightCap: max(weightCap, 1), valueBound: max(valueBound, 1),
                noiseTail: noiseTail)
        } catch .overflowPossible(let bits) {
            throw .overflowPossible(requiredBits: bits)
        } catch {
            throw .overflowPossible(requiredBits: 65)
        }
        guard (modulusBits - 2) / needed > Self.reservedSlots else { throw .overflowPossible(requiredBits: needed * 3) }
        self.modulusBits = modulusBits
        self.valueBound = valueBound
        self.participants = participants
        self.weightCap = weightCap
        self.noiseTail = noiseTail
        slotBits = needed
        slots = (modulusBits - 2) / needed
        // Below 2^63, since the sum of all inputs is.
        inputBound = weightCap &* valueBound &+ noiseTail
        var writer = ByteWriter()
        writer.u16(1)
        writer.u32(UInt32(clamping: modulusBits))
        writer.u64(valueBound)
        writer.u64(UInt64(participants))
        writer.u64(weightCap)
        writer.u64(noiseTail)
        writer.u32(UInt32(slotBits))
        writer.u32(UInt32(slots))
        digest = Blake2b.hash(writer.bytes, Personalisation("QSA1 packing"))
    }

    /// The packing for a key's modulus.
    public init(
        for parameters: PaillierParameters, valueBound: UInt64, participants: Int, weightCap: UInt64 = 1,
        noiseTail: UInt64 = 0
    ) throws(PaillierFailure) {
        try self.init(
            modulusBits: parameters.modulusBits, valueBound: valueBound, participants: participants,
            weightCap: weightCap, noiseTail: noiseTail)
    }

    /// Ciphertexts of a vector of `dimension` coordinates.
    public func ciphertextCount(dimension: Int) -> Int {
        precondition(dimension >= 0, "a negative dimension")
        return (dimension + Self.reservedSlots + slots - 1) / slots
    }

    /// Half a slot: what makes a digit of a signed value.
    var bias: UInt64 { 1 << UInt64(slotBits - 1) }

    /// The bits of a digit.
    var digitMask: UInt64 { UInt64.max >> UInt64(64 - slotBits) }

    /// Half a slot in every slot, as `limbs` limbs.
    func biasLimbs(_ limbs: Int) -> [UInt64] {
        var all = [UInt64](repeating: 0, count: limbs)
        for slot in 0..<slots {
            let bit = slot * slotBits + slotBits - 1
            all[bit / 64] |= 1 << UInt64(bit % 64)
        }
        return all
    }
}
