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
