/// Why a step of a model's life after training was refused; payloads are public sizes and positions, never data.
public enum LifeRefusal: Error, Equatable, Sendable {
    /// The sum is of another schema.
    case schemaMismatch
    /// Fewer participants than may be shown together.
    case cohortTooSmall(found: Int, needed: Int)
    /// The numbers are no counts, or counts that cannot be of the same rows.
    case countsInconsistent
    /// More rows than one company may count.
    case tooManyRows(found: Int, maximum: Int)
    /// Fewer rows than a company must have to take part: a sum in which it alone has rows would show them.
    case tooFewRows(found: Int, needed: Int)
    /// A table or list of another length.
    case lengthMismatch(expected: Int, found: Int)
    /// A NaN or an infinity at this position.
    case nonFinite(index: Int)
    /// A number at this position lies outside its range.
    case outOfRange(index: Int)
    /// The count gate forbids it.
    case gate(GateRefusal)
}
