/// Why a number is not the quantity it was offered as.
/// Source: privacy-accounting section 1
public enum ParameterRefusal: Error, Hashable, Sendable {
    /// Not a finite number, or not a number.
    case notFinite
    /// Below zero, or zero where zero makes no sense.
    case notPositive
    /// Above the largest value the quantity can take.
    case tooLarge
    /// A sample larger than the population it is drawn from, or empty.
    case sampleOutOfRange
}

extension ParameterRefusal: CustomStringConvertible {
    /// What is wrong with the number.
    public var description: String {
        switch self {
        case .notFinite: "a number that is not finite"
        case .notPositive: "a number that is zero, negative, or below what is served"
        case .tooLarge: "a number above what the quantity can be"
        case .sampleOutOfRange: "a sample that is empty or larger than its population"
        }
    }
}
