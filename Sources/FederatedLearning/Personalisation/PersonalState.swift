/// What a company must remember from round to round, as bytes: a head, a personal model, a control variate.
///
/// **Private**: it tells as much as the company's own model and never leaves its machine; no upload can be made from it.
/// Seal it before it goes to a disk. The encoding is canonical: whatever decodes encodes to the same bytes.
/// Source: personalisation section 1
public struct PersonalState: Sendable, Equatable {
    /// Whose state it is; the numbers are for ever.
    public enum Kind: UInt16, Sendable, CaseIterable {
        /// A private head.
        case privateSegments = 1
        /// A personal model beside the shared one.
        case personalModel = 2
        /// A personal model and how much of it is mixed in.
        case adaptiveMixture = 3
        /// An intercept and a scale.
        case interceptAndScale = 4
        /// A control variate, and perhaps its successor.
        case controlVariate = 5
        /// The states of several methods.
        case candidates = 6
        /// Nothing to remember.
        case stateless = 7
        /// Another method's state and the best model that it had so far.
        case earlyStopped = 8
    }

    /// The encoded state.
    public let bytes: [UInt8]

    /// Takes bytes that were stored; they are checked when a method restores them.
    public init(bytes: [UInt8]) { self.bytes = bytes }
}

/// Why stored bytes are no state of this method; payloads are sizes and positions, never values.
public enum PersonalStateFailure: Error, Equatable, Sendable {
    /// The bytes end before the state does.
    case truncated
    /// The state ends before the bytes do.
    case trailingBytes(count: Int)
    /// The bytes are no state at all.
    case notAState
    /// Written by a version that this one does not know.
    case unsupportedVersion(found: Int)
    /// The state of another method, or of no known one.
    case wrongKind(found: Int)
    /// The state belongs to another model.
    case layoutMismatch
    /// A vector of another length than the model asks for.
    case lengthMismatch(expected: Int, found: Int)
    /// A NaN or an infinity at this position of a vector.
    case nonFinite(index: Int)
    /// A number outside the range its meaning allows.
    case outOfRange
}
