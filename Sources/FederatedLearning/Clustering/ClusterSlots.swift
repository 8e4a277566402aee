/// Clustered training (IFCA) in oblivious slots: k models, each company trains the one that suits its data and uploads k
/// blocks, all zero but that one, so that the coordinator sees sums over slots and no membership.
///
/// Which slots may be used is decided by a `CountGate`; without the gate's `OpenSlots` no upload and no step can be made.
/// The coordinator learns, for each open slot, the weighted sum of updates and the total weight.
///
/// Blocks: for each slot j `update<j>` (bound = clip), then `weights` (one a slot, bound 1). k times the bytes.
/// Source: clustering section 1
public struct ClusterSlots: Hashable, Sendable {
    /// The layout of each model.
    public let layout: ParameterLayout
    /// k, at least 1.
    public let slots: Int
    /// Each coordinate of an update is clipped to `-clip...clip` before it is weighted.
    public let clip: Double
    /// The largest number of examples one participant may claim.
    public let maximumExamples: Int
    /// What participants must upload.
    public let schema: UploadSchema

    /// Fixes a federation's terms; at least one slot and one example, clip finite and positive.
    public init(layout: ParameterLayout, slots: Int, clip: Double, maximumExamples: Int) {
        precondition(slots >= 1 && maximumExamples >= 1, "no slot or no example")
        self.layout = layout
        self.slots = slots
        self.clip = clip
        self.maximumExamples = maximumExamples
        var blocks = (0..<slots).map {
            UploadSchema.Block(name: "update\($0)", count: layout.parameterCount, bound: clip)
        }
        blocks.append(.init(name: "weights", count: slots, bound: 1))
        schema = UploadSchema(blocks)
    }

    /// The participant's side.
    public struct Participant: Sendable {
        /// What was agreed.
        public let terms: ClusterSlots

        /// A participant under these terms.
        public init(_ terms: ClusterSlots) { self.terms = terms }

        /// The slots from the least loss to the greatest, equal losses by number; a loss that is no number comes last.
        ///
        /// Throws `dimensionMismatch` unless there is one loss a slot. Stays with the company.
        public func ranking(losses: [Double]) throws(LearningFailure) -> [Int] {
            guard losses.count == terms.slots else {
                throw .dimensionMismatch(expected: terms.slots, found: losses.count)
            }
            func order(_ slot: Int) -> Double { losses[slot].isNaN ? .infinity : losses[slot] }
            return (0..<terms.slots).sorted { order($0) != order($1) ? order($0) < order($1) : $0 < $1 }
        }

        /// The upload of an update trained from the model of `slot`.
        ///
        /// Throws `slotNotOpen`; through `ClusterFailure.learning` what `FedAvg.upload` throws.
        public func upload(
            _ update: LocalUpdate, slot: Int, permission: CountGate.OpenSlots
        ) throws(ClusterFailure) -> Upload {
            guard permission.slots == terms.slots, permission.open.contains(slot) else {
                throw .gate(.slotNotOpen(slot))
            }
            let count = terms.layout.parameterCount
            guard update.delta.count == count else {
                throw .learning(.dimensionMismatch(expected: count, found: update.delta.count))
            }
            guard (0...terms.maximumExamples).contains(update.exampleCount) else {
                throw .learning(.exampleCountOutOfRange(found: update.exampleCount, maximum: terms.maximumExamples))
            }
            let weight = Double(update.exampleCount) / Double(terms.maximumExamples)
            var values = [Double](repeating: 0, count: terms.schema.dimension)
            for (index, change) in update.delta.enumerated() {
                guard change.isFinite else { throw .learning(.nonFinite(index: index)) }
                values[slot * count + index] = weight * min(max(Double(change), -terms.clip), terms.clip)
            }
            values[terms.slots * count + slot] = weight
            return try ClusterFailure.learning { () throws(LearningFailure) in
                try Upload(schema: terms.schema, values: values)
            }
        }
    }

    /// The coordinator's side.
    public struct Coordinator: Sendable {
        /// What was agreed.
        public let terms: ClusterSlots
        /// The k models.
        public private(set) var models: [ParameterVector]

        /// Starts from k models, which should differ; throws `layoutMismatch` or `dimensionMismatch`.
        public init(_ terms: ClusterSlots, models: [ParameterVector]) throws(LearningFailure) {
            guard models.count == terms.slots else {
                throw .dimensionMismatch(expected: terms.slots, found: models.count)
            }
            guard models.allSatisfy({ $0.layout == terms.layout }) else { throw .layoutMismatch }
            self.terms = terms
            self.models = models
        }

        /// What participants must upload.
        public var schema: UploadSchema { terms.schema }

        /// Moves the models of the open slots by their weighted mean updates; closed slots and slots without weight stay.
        ///
        /// Throws the gate's refusal of the cohort, or `schemaMismatch`; then no model has moved.
        public mutating func absorb(
            _ sum: AggregateSum, permission: CountGate.OpenSlots
        ) throws(ClusterFailure) {
            guard sum.schema == terms.schema else { throw .learning(.schemaMismatch) }
            guard permission.slots == terms.slots else { throw .gate(.schemaMismatch) }
            try ClusterFailure.gate { () throws(GateRefusal) in try permission.admit(cohortSize: sum.cohortSize) }
            let count = terms.layout.parameterCount
            for slot in permission.open {
                let total = sum.values[terms.slots * count + slot]
                guard total > 0 else { continue }
                var values = models[slot].values
                let start = slot * count
                for index in 0..<count {
                    values[index] = Float(Double(values[index]) + sum.values[start + index] / total)
                }
                models[slot].values = values
            }
        }
    }
}

/// One sum that a clustered training asks for.
/// Source: clustering section 5
public struct SlotSum: Sendable {
    /// One upload a company.
    public let uploads: [Upload]
    /// What the sum is.
    public let kind: Kind

    /// What a sum of a clustered training is.
    public enum Kind: Sendable, Hashable {
        /// The count of one-hot choices: whoever is missing from it sits out the sum over slots.
        case count
        /// Over slots that a count opened: to be made only over those who were counted, with no more missing than admitted.
        case slots(CountGate.OpenSlots)
        /// Over everybody alike: a warm-up round, losses.
        case everybody
    }

    /// Asks for a sum.
    public init(_ uploads: [Upload], _ kind: Kind) {
        self.uploads = uploads
        self.kind = kind
    }
}
