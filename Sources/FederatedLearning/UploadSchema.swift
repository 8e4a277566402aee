/// What every participant of a round uploads: named blocks of bounded numbers that one secure sum carries together.
///
/// The schema is public and agreed before the round; it says how much a participant can contribute, never what.
public struct UploadSchema: Hashable, Sendable {
    /// A run of numbers that share one bound.
    public struct Block: Hashable, Sendable {
        /// Unique within the schema.
        public let name: String
        /// How many numbers, at least 1.
        public let count: Int
        /// Finite and positive; one participant's numbers lie in `-bound...bound`.
        public let bound: Double

        /// Describes a block; `count` must be at least 1 and `bound` finite and positive.
        public init(name: String, count: Int, bound: Double) {
            precondition(count >= 1, "a block without numbers")
            precondition(bound > 0 && bound.isFinite, "a bound must be finite and positive")
            self.name = name
            self.count = count
            self.bound = bound
        }
    }

    /// The blocks in the order of the uploaded vector.
    public let blocks: [Block]

    /// The length of the uploaded vector.
    public let dimension: Int

    /// Joins the blocks in this order; their names must differ.
    public init(_ blocks: [Block]) {
        precondition(Set(blocks.map(\.name)).count == blocks.count, "two blocks share a name")
        self.blocks = blocks
        self.dimension = blocks.reduce(0) { $0 + $1.count }
    }

    /// The places of a named block in the uploaded vector, or nil when there is none of that name.
    public func range(of name: String) -> Range<Int>? {
        var offset = 0
        for block in blocks {
            if block.name == name { return offset..<(offset + block.count) }
            offset += block.count
        }
        return nil
    }
}
