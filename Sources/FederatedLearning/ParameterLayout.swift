/// The names, shapes and places of a model's parameters inside one flat vector.
///
/// Two participants may sum their vectors only when their layouts are equal.
public struct ParameterLayout: Hashable, Sendable {
    /// One tensor of the model: `count` numbers from `offset`, in row-major order of `shape`.
    public struct Segment: Hashable, Sendable {
        /// Unique within the layout, such as `dense0.weight`.
        public let name: String
        /// Extents, each at least 1.
        public let shape: [Int]
        /// The first number's place in the flat vector.
        public let offset: Int
        /// The product of `shape`.
        public let count: Int

        /// The places of this tensor in the flat vector.
        public var range: Range<Int> { offset..<(offset + count) }
    }

    /// The tensors in the order of the flat vector, without gaps.
    public let segments: [Segment]

    /// The length of the flat vector.
    public let parameterCount: Int

    /// Lays the tensors one after the other; names must differ and every extent must be at least 1.
    public init(_ segments: [(name: String, shape: [Int])]) {
        var placed: [Segment] = []
        var names: Set<String> = []
        var offset = 0
        placed.reserveCapacity(segments.count)
        for (name, shape) in segments {
            precondition(names.insert(name).inserted, "two segments share a name")
            precondition(shape.allSatisfy { $0 >= 1 }, "an extent below 1")
            let count = shape.reduce(1, *)
            placed.append(Segment(name: name, shape: shape, offset: offset, count: count))
            offset += count
        }
        self.segments = placed
        self.parameterCount = offset
    }

    /// The places of a named tensor, or nil when there is none of that name.
    public func range(of name: String) -> Range<Int>? {
        segments.first { $0.name == name }?.range
    }
}
