/// Why JSON could not be read or written, and where; carries none of the text.
public struct JSONFailure: Error, Equatable, Sendable {
    /// What was wrong.
    public enum Reason: Equatable, Sendable {
        /// The text ends inside a value.
        case unexpectedEnd
        /// A byte that no value, separator or keyword allows here.
        case unexpectedCharacter
        /// A number that is not in the JSON grammar: a leading zero, a bare point, an empty exponent.
        case invalidNumber
        /// A number beyond the range of Double.
        case numberOutOfRange
        /// A backslash followed by something that is no escape.
        case invalidEscape
        /// Half of a surrogate pair.
        case invalidSurrogate
        /// A string that is not UTF-8.
        case invalidUTF8
        /// A control character that must be escaped.
        case controlCharacter
        /// A key that the object has already.
        case duplicateKey
        /// Arrays and objects nested more than 64 deep.
        case tooDeep
        /// More bytes than the limit.
        case tooLarge
        /// Something after the value.
        case trailingData
        /// A NaN or an infinity to be written.
        case nonFinite
    }

    /// What was wrong.
    public let reason: Reason
    /// The offset of the offending byte in the input, or of the place in the output, from 0.
    public let offset: Int

    /// A failure at a byte offset.
    public init(_ reason: Reason, at offset: Int) {
        self.reason = reason
        self.offset = offset
    }
}
