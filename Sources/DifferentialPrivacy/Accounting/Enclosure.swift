#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Two numbers between which the true value of an expression lies.
///
/// Every operation rounds outwards by one unit in the last place, every function of the C library by 2^-50 of its
/// value (its own error is assumed to stay below that, eight units in the last place). A result that is not a number
/// opens up to the whole line.
struct Enclosure: Hashable, Sendable {
    let lower: Double
    let upper: Double

    init(_ exact: Double) {
        lower = exact
        upper = exact
    }

    init(outward lower: Double, _ upper: Double) {
        self.lower = lower.isNaN ? -.infinity : lower.nextDown
        self.upper = upper.isNaN ? .infinity : upper.nextUp
    }

    init(between lower: Double, and upper: Double) {
        self.lower = lower
        self.upper = upper
    }

    static let one = Enclosure(1)

    static prefix func - (value: Self) -> Self { Self(between: -value.upper, and: -value.lower) }

    static func + (left: Self, right: Self) -> Self {
        Self(outward: left.lower + right.lower, left.upper + right.upper)
    }

    static func - (left: Self, right: Self) -> Self {
        Self(outward: left.lower - right.upper, left.upper - right.lower)
    }

    static func * (left: Self, right: Self) -> Self {
        let products = (
            left.lower * right.lower, left.lower * right.upper, left.upper * right.lower, left.upper * right.upper
        )
        if products.0.isNaN || products.1.isNaN || products.2.isNaN || products.3.isNaN {
            return Self(between: -.infinity, and: .infinity)
        }
        return Self(
            outward: min(products.0, products.1, products.2, products.3),
            max(products.0, products.1, products.2, products.3))
    }

    /// The divisor must not hold zero; if it does, the whole line comes back.
    static func / (left: Self, right: Self) -> Self {
        if right.lower <= 0, right.upper >= 0 { return Self(between: -.infinity, and: .infinity) }
        return left * Self(outward: 1 / right.upper, 1 / right.lower)
    }

    /// At least zero: what is known of a quantity that cannot be negative.
    var nonNegative: Self { Self(between: max(0, lower), and: max(0, upper)) }

    /// Within zero and one.
    var probability: Self { Self(between: min(1, max(0, lower)), and: min(1, max(0, upper))) }

    private static let library = 0x1p-50

    private static func widened(_ lower: Double, _ upper: Double) -> Self {
        Self(outward: lower - abs(lower) * library, upper + abs(upper) * library)
    }

    var exponential: Self {
        let wide = Self.widened(exp(lower), exp(upper))
        return Self(between: max(0, wide.lower), and: wide.upper)
    }

    /// e^x - 1.
    var exponentialMinusOne: Self { Self.widened(expm1(lower), expm1(upper)) }

    /// Of an argument above zero; what lies below counts as zero.
    var logarithm: Self { Self.widened(lower > 0 ? log(lower) : -.infinity, upper > 0 ? log(upper) : -.infinity) }

    /// ln(1 + x).
    var logarithmOfOnePlus: Self {
        Self.widened(lower > -1 ? log1p(lower) : -.infinity, upper > -1 ? log1p(upper) : -.infinity)
    }

    var squareRoot: Self { Self(outward: max(0, lower).squareRoot(), max(0, upper).squareRoot()).nonNegative }

    /// The convex hull of a value and another.
    func hull(_ other: Self) -> Self {
        Self(between: Swift.min(lower, other.lower), and: Swift.max(upper, other.upper))
    }
}
