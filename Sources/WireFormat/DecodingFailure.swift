/// Why bytes that came from a file or a peer were refused.
///
/// The cases carry no input bytes, so an error can be logged without leaking what was sent.
public enum DecodingFailure: Error, Equatable, Sendable {
    /// The input ended before the field did.
    case truncated
    /// The input goes on after the last field.
    case trailingData
    /// A count times its element size leaves the range of `Int`, or a count is negative.
    case lengthOverflow
    /// A declared length or count is above the limit the reader was given.
    case messageTooLarge
    /// The value has another, canonical encoding.
    case nonCanonical
    /// The field decodes, but its value is not allowed.
    case invalidValue
}
