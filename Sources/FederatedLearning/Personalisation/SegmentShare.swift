/// Which tensors of a model travel and which stay at home.
///
/// The shared tensors form a layout of their own, in the same order, so that a strategy over `shared` carries nothing
/// of the private ones: a private head is not masked out of an upload, it has no place in one.
/// Source: personalisation section 2
public struct SegmentShare: Hashable, Sendable {
    /// The layout of the whole model.
    public let full: ParameterLayout
    /// The layout of what travels.
    public let shared: ParameterLayout
    /// The places of the private tensors in the whole model.
    public let privateRanges: [Range<Int>]
    /// The places of the shared tensors in the whole model.
    public let sharedRanges: [Range<Int>]

    /// Splits a layout; at least one tensor must be shared and one private.
    public init(_ full: ParameterLayout, isPrivate: (ParameterLayout.Segment) -> Bool) {
        let home = full.segments.filter(isPrivate)
        let away = full.segments.filter { !isPrivate($0) }
        precondition(!home.isEmpty && !away.isEmpty, "a share without a shared or without a private tensor")
        self.full = full
        shared = ParameterLayout(away.map { (name: $0.name, shape: $0.shape) })
        privateRanges = home.map(\.range)
        sharedRanges = away.map(\.range)
    }

    /// All tensors whose name starts with `head.` are private, as in `MLP`.
    public static func privateHeads(_ full: ParameterLayout) -> SegmentShare {
        SegmentShare(full) { $0.name.hasPrefix("head.") }
    }

    /// How many parameters stay at home.
    public var privateCount: Int { full.parameterCount - shared.parameterCount }

    /// The shared tensors of a whole model; the length must be the whole layout's.
    public func sharedPart(of parameters: [Float]) -> [Float] { part(of: parameters, sharedRanges) }

    /// The private tensors of a whole model, in order; the length must be the whole layout's.
    public func privatePart(of parameters: [Float]) -> [Float] { part(of: parameters, privateRanges) }

    /// A whole model from its two parts.
    public func join(shared: [Float], private home: [Float]) -> [Float] {
        precondition(
            shared.count == self.shared.parameterCount && home.count == privateCount, "parts of another length")
        var result = [Float](repeating: 0, count: full.parameterCount)
        for (ranges, values) in [(sharedRanges, shared), (privateRanges, home)] {
            var place = 0
            for range in ranges {
                for index in range {
                    result[index] = values[place]
                    place += 1
                }
            }
        }
        return result
    }

    private func part(of parameters: [Float], _ ranges: [Range<Int>]) -> [Float] {
        precondition(parameters.count == full.parameterCount, "parameters of another length")
        var values: [Float] = []
        values.reserveCapacity(ranges.reduce(0) { $0 + $1.count })
        for range in ranges { values += parameters[range] }
        return values
    }
}
