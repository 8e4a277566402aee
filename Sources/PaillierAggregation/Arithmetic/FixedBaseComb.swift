internal import CKernels

/// Powers of one public base to secret exponents, from a table of products.
///
/// Sendable: memory and parameters are written by the initialiser alone; the kernels only read them afterwards.
///
/// Source: djn
@safe
final class FixedBaseComb: @unchecked Sendable {
    /// The largest table: with the contexts beside it a public key stays below 1 MiB.
    static let tableLimit = (1 << 20) - (1 << 16)

    /// Bytes of the table.
    let tableBytes: Int
    private let context: MontgomeryContext
    private let table: UnsafeMutablePointer<UInt64>
    private let comb: ck_comb
    private let scratchBytes: Int

    /// The comb for a base below the modulus and exponents of `exponentBits` bits.
    ///
    /// - Complexity: some 0.1 s for 6,144-bit numbers.
    init(base: [UInt64], context: MontgomeryContext, exponentBits: Int) {
        precondition(base.count == context.limbs, "a base has the length of its modulus")
        var comb = unsafe ck_comb()
        tableBytes = unsafe context.withContext { unsafe ck_comb_plan(&comb, $0, exponentBits, Self.tableLimit) }
        precondition(tableBytes > 0, "no comb for exponents of this length")
        let memory = UnsafeMutableRawPointer.allocate(byteCount: tableBytes, alignment: 64)
        unsafe table = memory.bindMemory(to: UInt64.self, capacity: tableBytes / 8)
        scratchBytes = unsafe ck_comb_scratch_bytes(&comb)
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: scratchBytes, alignment: 64)
        let code = unsafe ck_comb_build(&comb, base, table, scratch, scratchBytes)
        unsafe scratch.deallocate()
        precondition(code == 0, "the scratch of a comb is too short")
        unsafe self.comb = comb
        self.context = context
    }

    deinit {
        unsafe table.deallocate()
    }

    /// out[i] = base^exponents[i], exponents of ceil(exponentBits / 64) limbs each.
    ///
    /// Time depends on `count` alone; a multiple of 32 numbers is served best.
    func power(_ out: UnsafeMutablePointer<UInt64>, exponents: UnsafePointer<UInt64>, count: Int) {
        let scratch = UnsafeMutableRawPointer.allocate(byteCount: scratchBytes, alignment: 64)
        var comb = unsafe self.comb
        let code = unsafe ck_comb_exp(&comb, out, exponents, count, scratch, scratchBytes)
        unsafe scratch.deallocate()
        precondition(code == 0, "the scratch of a comb is too short")
    }
}
