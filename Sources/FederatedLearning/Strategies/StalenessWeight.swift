#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// How much an update counts that was trained from a model `staleness` versions ago; 1 when it is fresh, never more.
/// Source: fedopt section 4
public enum StalenessWeight: Hashable, Sendable {
    /// 1.
    case constant
    /// `(1 + staleness)^-exponent`; exponent finite and not negative, 0.5 in the source.
    case polynomial(exponent: Double)
    /// 1 up to `grace`, then `1 / (1 + slope (staleness - grace))`; slope finite and positive.
    case hinge(grace: Int, slope: Double)

    /// The weight, in 0...1.
    public func value(staleness: Int) -> Double {
        precondition(staleness >= 0, "an update from the future")
        switch self {
        case .constant: return 1
        case .polynomial(let exponent):
            return exponent == 0.5
                ? 1 / (1 + Double(staleness)).squareRoot() : pow(1 + Double(staleness), -exponent)
        case .hinge(let grace, let slope):
            return staleness <= grace ? 1 : 1 / (1 + slope * Double(staleness - grace))
        }
    }
}
