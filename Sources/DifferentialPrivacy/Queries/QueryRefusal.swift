/// Why a query has no answer: a stable code, and the field it is about.
/// Source: privacy-queries section 3
public struct QueryRefusal: Error, Hashable, Sendable {
    /// What is wrong. Raw values are stable and stand in answers.
    /// Source: privacy-queries section 3
    public enum Code: String, Hashable, Sendable, CaseIterable {
        /// A line above `PrivacyReply.mostBytes`.
        case lineTooLong = "line_too_long"
        /// The line is not one JSON value, or is nested beyond 64 levels.
        case notJSON = "not_json"
        /// A key stands twice in one object.
        case duplicateField = "duplicate_field"
        /// A field that the schema does not have.
        case unknownField = "unknown_field"
        /// A field that the query needs; there are no defaults.
        case missingField = "missing_field"
        /// A field that contradicts the mechanism, the sampling or the kind of query.
        case contradictoryField = "contradictory_field"
        /// A value of another type than the schema asks for.
        case wrongType = "wrong_type"
        /// A text that is none of the choices.
        case unknownChoice = "unknown_choice"
        /// Not a number.
        case notANumber = "not_a_number"
        /// Infinite, or beyond the range of doubles.
        case infiniteValue = "infinite_value"
        /// Zero where it has no meaning.
        case zeroValue = "zero_value"
        /// Below zero.
        case negativeValue = "negative_value"
        /// A count with a fraction.
        case notAnInteger = "not_an_integer"
        /// A positive number below what is served.
        case belowRange = "below_range"
        /// A number above what is served.
        case aboveRange = "above_range"
        /// A delta of one or more.
        case deltaNotBelowOne = "delta_not_below_one"
        /// No step at all.
        case zeroSteps = "zero_steps"
        /// No event at all.
        case emptyEvents = "empty_events"
        /// More than `PrivacyQuery.mostEvents` events.
        case tooManyEvents = "too_many_events"
        /// A sample larger than its population.
        case sampleAbovePopulation = "sample_above_population"
        /// Sampling of a fixed size when neighbours differ by one unit.
        case fixedSizeNeedsReplaceOne = "fixed_size_needs_replace_one"
        /// Poisson sampling when one unit is exchanged.
        case poissonNeedsAddRemove = "poisson_needs_add_remove"
        /// The accountant asked for has no bound for these events; `best` may have one.
        case notAccounted = "not_accounted"
        /// No setting that is served meets the budget.
        case budgetUnreachable = "budget_unreachable"
        /// Every setting that is served meets the budget.
        case budgetNeverSpent = "budget_never_spent"
    }

    /// What is wrong.
    public let code: Code
    /// The field, as a path of the schema's names: `events[0].steps`; nil for the line as a whole.
    public let field: String?

    init(_ code: Code, _ field: String? = nil) {
        self.code = code
        self.field = field
    }
}

extension QueryRefusal: CustomStringConvertible {
    /// One sentence; holds no text of the query.
    public var description: String {
        let place = field.map { $0.isEmpty ? "the query" : $0 } ?? "a number in the line"
        switch code {
        case .lineTooLong: return "the line is above \(PrivacyReply.mostBytes) bytes"
        case .notJSON: return "the line is not one JSON value"
        case .duplicateField: return "a field stands twice in one object"
        case .unknownField: return "\(place) has a field that the schema does not have"
        case .missingField: return "\(place) is missing; there is no default"
        case .contradictoryField: return "\(place) contradicts the rest of the query"
        case .wrongType: return "\(place) has the wrong type"
        case .unknownChoice: return "\(place) is none of the choices"
        case .notANumber: return "\(place) is not a number"
        case .infiniteValue: return "\(place) is infinite"
        case .zeroValue: return "\(place) is zero"
        case .negativeValue: return "\(place) is negative"
        case .notAnInteger: return "\(place) is not an integer"
        case .belowRange: return "\(place) is below the range served"
        case .aboveRange: return "\(place) is above the range served"
        case .deltaNotBelowOne: return "\(place) is not below one"
        case .zeroSteps: return "\(place) is zero: nothing is released"
        case .emptyEvents: return "\(place) is empty: there is nothing to bound"
        case .tooManyEvents: return "\(place) has more than \(PrivacyQuery.mostEvents) elements"
        case .sampleAbovePopulation: return "\(place) is larger than the population"
        case .fixedSizeNeedsReplaceOne: return "sampling of a fixed size needs adjacency replace_one"
        case .poissonNeedsAddRemove: return "Poisson sampling needs adjacency add_remove"
        case .notAccounted: return "the accountant has no bound for these events"
        case .budgetUnreachable: return "no setting that is served meets the budget"
        case .budgetNeverSpent: return "every setting that is served meets the budget"
        }
    }
}
