/// Distributed noise for a schedule of sums: every member adds a share, and the shares of the honest survivors alone
/// carry the guarantee.
///
/// The share is sigma_i^2 >= z^2 Delta^2 / (n - t - k), rounded up. The guarantee that may be stated is the whole
/// schedule at `floorVariance`; more survivors cannot weaken it, and fewer than `minimumSurvivors` must not be opened.
/// With n - t - k = 1 every member carries the full noise by itself.
/// Source: discrete-gaussian section 5
public struct NoisePlan: Hashable, Sendable {
    /// The most members planned for: 65,536.
    public static let largestParticipants = 1 << 16
    /// The smallest variance of a share, 18 squared grid units, for which a sum of shares is accounted as a continuous
    /// Gaussian.
    public static let smallestShare: UInt64 = 18

    /// What was asked for.
    public let request: NoiseRequest
    /// sigma_i^2 of every member, squared grid units, at least 18.
    public let share: NoiseVariance
    /// The largest magnitude of the noise in a coordinate of any sum of the schedule, grid units, exceeded anywhere in
    /// it with probability below 2^-40 if every member draws its noise as planned.
    public let noiseTail: UInt64
    /// Bits of a signed ring element that hold every sum but for that probability: 8...62 or 64.
    public let requiredBits: Int

    /// Works out the shares; integers alone, constant time, allocates nothing.
    ///
    /// Throws `invalidField`, `tooFewParticipants` unless n > t + k, `shareTooSmall` below 18, `shareTooLarge` beyond
    /// the sampler, `sumCouldWrap` when 64 bits cannot hold n * machines * Delta + noiseTail.
    /// Source: discrete-gaussian section 5
    public init(_ request: NoiseRequest) throws(NoiseRefusal) {
        try request.validate()
        self.request = request
        let honest = UInt64(request.participants - request.colluders - request.dropouts)
        share = try Self.share(request.multiplier, request.squaredSensitivity, honest: honest)
        noiseTail = Self.tail(
            share, shares: UInt64(request.participants), coordinates: UInt64(request.dimension) * UInt64(request.rounds)
        )
        requiredBits = try Self.bits(request, tail: noiseTail)
    }

    /// Survivors below which the sum must stay masked: n - k.
    public var minimumSurvivors: Int { request.participants - request.dropouts }

    /// The noise of the honest among the fewest survivors, at least z^2 Delta^2: numerator / denominator, squared grid
    /// units. It is what the schedule is billed at, before the accountant's own deduction of r^2 = 9.
    public var floorVariance: (numerator: UInt128, denominator: UInt64) { honestVariance(minimumSurvivors) }

    /// The noise of the honest among `survivors` members: (survivors - t) sigma_i^2. Only a filter fixed beforehand may
    /// bill it.
    ///
    /// Throws `belowFloor` or `tooManySurvivors`.
    public func honestVariance(
        survivors: Int
    ) throws(NoiseRefusal) -> (numerator: UInt128, denominator: UInt64) {
        try requireFloor(survivors: survivors)
        return honestVariance(survivors)
    }

    /// To be called with the agreed survivor set before anything is revealed that would unmask the sum.
    ///
    /// Throws `belowFloor` with fewer than n - k survivors, `tooManySurvivors` above n. Depends on public counts alone.
    /// Source: discrete-gaussian section 5
    public func requireFloor(survivors: Int) throws(NoiseRefusal) {
        guard survivors >= minimumSurvivors else { throw .belowFloor(survivors: survivors, minimum: minimumSurvivors) }
        guard survivors <= request.participants else { throw .tooManySurvivors(maximum: request.participants) }
    }

    /// Throws `sumCouldWrap` unless signed ring elements of `bits` bits hold every sum of the schedule.
    public func requireRing(bits: Int) throws(NoiseRefusal) {
        guard bits >= requiredBits else { throw .sumCouldWrap(requiredBits: requiredBits) }
    }

    /// One member's noise for one round, drawn before data exist.
    public func draw(_ key: consuming NoiseKey) throws(NoiseRefusal) -> NoiseVector {
        try NoiseVector(.gaussian(DiscreteGaussian(variance: share)), dimension: request.dimension, key: key)
    }
}

extension NoisePlan {
    private func honestVariance(_ survivors: Int) -> (numerator: UInt128, denominator: UInt64) {
        (UInt64(survivors - request.colluders).multipliedFullWidth128(by: share.numerator), share.denominator)
    }

    /// ceil(z^2 Delta^2 / honest), in whole units from 2^32 on and in sixty-fourths below.
    private static func share(
        _ ratio: NoiseRatio, _ squaredSensitivity: UInt128, honest: UInt64
    ) throws(NoiseRefusal) -> NoiseVariance {
        let parts = try parts(ratio, squaredSensitivity, honest: honest)
        let scaled = try level(ratio, squaredSensitivity, honest: honest, parts: parts)
        guard let share = try? NoiseVariance(scaled, over: parts) else { throw .shareTooLarge }
        guard share.isAtLeast(smallestShare) else { throw .shareTooSmall(minimum: smallestShare) }
        return share
    }

    /// The denominator of a share: 1 from 2^32 on, else 64.
    static func parts(
        _ ratio: NoiseRatio, _ squaredSensitivity: UInt128, honest: UInt64
    ) throws(NoiseRefusal) -> UInt64 {
        try level(ratio, squaredSensitivity, honest: honest, parts: 1) <= 1 << 32 ? 64 : 1
    }

    /// ceil(parts z^2 Delta^2 / honest), for 1 or 64 parts; throws `shareTooLarge` from 2^58 whole units on.
    static func level(
        _ ratio: NoiseRatio, _ squaredSensitivity: UInt128, honest: UInt64, parts: UInt64
    ) throws(NoiseRefusal) -> UInt64 {
        let squareAbove = UInt128(ratio.numerator * ratio.numerator)
        let below = UInt128(ratio.denominator * ratio.denominator * honest)
        // below <= 2^48, so a product of 2^128 or more is a share of 2^80 or more.
        let (above, overflow) = squaredSensitivity.multipliedReportingOverflow(by: squareAbove)
        guard !overflow, above / below < UInt128(NoiseVariance.largestScaledSquare) else { throw .shareTooLarge }
        let (quotient, remainder) = (above * UInt128(parts)).quotientAndRemainder(dividingBy: below)
        return UInt64(quotient) + (remainder > 0 ? 1 : 0)
    }

    /// The smallest B with B^2 >= 2 (shares sigma^2) (41 + ceil(log2 coordinates)) 7/10.
    ///
    /// 7/10 exceeds ln 2, and 2 exp(-B^2 / (2 shares sigma^2)) bounds a coordinate's tail.
    private static func tail(_ share: NoiseVariance, shares: UInt64, coordinates: UInt64) -> UInt64 {
        let halvings = UInt64(41 + (64 - (coordinates - 1).leadingZeroBitCount))
        let above = UInt128(share.numerator) * UInt128(14 * shares * halvings)
        let below = UInt128(10 * share.denominator)
        return IntegerRoot.ceiling((above + below - 1) / below)
    }

    /// One bit for the sign more than n * machines * floor(Delta) + tail has; 63 becomes 64.
    private static func bits(_ request: NoiseRequest, tail: UInt64) throws(NoiseRefusal) -> Int {
        let bound = UInt128(IntegerRoot.floor(request.squaredSensitivity))
        let machines = UInt128(request.participants) * UInt128(request.machinesPerParticipant)
        let largest = machines * bound + UInt128(tail)
        let required = max(8, 129 - largest.leadingZeroBitCount)
        guard required <= 64 else { throw .sumCouldWrap(requiredBits: required) }
        return required == 63 ? 64 : required
    }
}
