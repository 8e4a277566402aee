/// Why a count does not open anything; payloads are public sizes.
public enum GateRefusal: Error, Equatable, Sendable {
    /// The sum is of another schema than the gate's.
    case schemaMismatch
    /// Fewer participants were counted than one open slot needs.
    case cohortTooSmall(counted: Int, needed: Int)
    /// The counts do not add up to the participants: somebody did not vote for exactly one slot.
    case countsInconsistent
    /// A count was already taken, or none was yet.
    case wrongStage
    /// More participants left between the count and the sum than the gate allows for.
    case tooManyLeft(counted: Int, summed: Int)
    /// A participant's choice is no slot, or not an open one.
    case slotNotOpen(Int)
    /// A ranking that does not name every slot once.
    case rankingIncomplete
}

/// Closes slots that too few have chosen, before anything of value is put into one.
///
/// A slot with one member would show that member's update, one with two would show each to the other. So a first secure sum
/// carries only one-hot choices. Slots below the threshold close, their members take their next choice among the open ones
/// (which can only add to these), and only then the vectors follow. When no slot is large enough, the largest stays alone
/// and takes everybody.
///
/// Promise: **every slot that is open after `absorb` has at least `minimum` members in every later sum that `admit` lets
/// pass**, even if `colluders` of the counted voted falsely, `dropouts` of them leave and a noised count is too large by
/// `noiseMargin`. The threshold is `minimum + colluders + dropouts + noiseMargin`.
///
/// Every participant runs its own gate on the same opened sum; none takes the coordinator's word.
/// Block: `counts` (bound 1). Each count is a release of its own.
/// Source: clustering section 2
public struct CountGate: Sendable, Equatable {
    /// Slots that may be used; only a gate makes one.
    public struct OpenSlots: Hashable, Sendable {
        /// How many slots there are in all.
        public let slots: Int
        /// The open ones in ascending order; at least one.
        public let open: [Int]
        /// How many participants were counted.
        public let counted: Int
        /// How many of them may be missing from a sum over these slots.
        public let dropouts: Int

        init(slots: Int, open: [Int], counted: Int, dropouts: Int) {
            self.slots = slots
            self.open = open
            self.counted = counted
            self.dropouts = dropouts
        }

        /// The first open slot of a ranking, the best first; throws `rankingIncomplete` unless it is a permutation.
        public func first(in ranking: [Int]) throws(GateRefusal) -> Int {
            guard ranking.count == slots, Set(ranking) == Set(0..<slots) else { throw .rankingIncomplete }
            guard let slot = ranking.first(where: { open.contains($0) }) else { throw .rankingIncomplete }
            return slot
        }

        /// Lets a sum over these slots pass only if at most `dropouts` of the counted are missing from it and nobody else
        /// is in it; check the cohort's size before the sum is opened.
        public func admit(cohortSize: Int) throws(GateRefusal) {
            guard cohortSize <= counted, cohortSize >= counted - dropouts else {
                throw .tooManyLeft(counted: counted, summed: cohortSize)
            }
        }
    }

    /// Where a gate stands.
    public enum Stage: Hashable, Sendable {
        /// No count has been taken.
        case counting
        /// These slots are open, until `reset`.
        case open(OpenSlots)
        /// The count was refused; nothing is open until `reset`.
        case closed
    }

    /// How many slots, at least 1.
    public let slots: Int
    /// The fewest honest members of an open slot, at least 3.
    public let minimum: Int
    /// How many participants may vote falsely together.
    public let colluders: Int
    /// How many may leave between the count and the sum.
    public let dropouts: Int
    /// By how much a noised count may exceed the true one; 0 without noise.
    public let noiseMargin: Int
    /// What participants must upload.
    public let schema: UploadSchema
    /// Where the gate stands.
    public private(set) var stage: Stage = .counting

    /// A gate before its count; `minimum` at least 3, the rest not negative.
    public init(slots: Int, minimum: Int, colluders: Int, dropouts: Int, noiseMargin: Int = 0) {
        precondition(slots >= 1 && minimum >= 3, "no slot, or slots that would show a member's update")
        precondition(colluders >= 0 && dropouts >= 0 && noiseMargin >= 0, "a negative allowance")
        self.slots = slots
        self.minimum = minimum
        self.colluders = colluders
        self.dropouts = dropouts
        self.noiseMargin = noiseMargin
        schema = UploadSchema([.init(name: "counts", count: slots, bound: 1)])
    }

    /// The least count that keeps a slot open.
    public var threshold: Int { minimum + colluders + dropouts + noiseMargin }

    /// A participant's vote for one slot; throws `slotNotOpen` for a slot that does not exist.
    public func vote(for slot: Int) throws(GateRefusal) -> Upload {
        guard (0..<slots).contains(slot) else { throw .slotNotOpen(slot) }
        var values = [Double](repeating: 0, count: slots)
        values[slot] = 1
        do throws(LearningFailure) {
            return try Upload(schema: schema, values: values)
        } catch {
            preconditionFailure("a one-hot vector fits its schema")
        }
    }

    /// Takes the opened count and decides which slots are open.
    ///
    /// Throws `wrongStage`, `schemaMismatch`, `cohortTooSmall`, or `countsInconsistent` (without noise, when a count is no
    /// whole number within 0.25, is negative, or all do not add up to the cohort); then nothing is open.
    @discardableResult
    public mutating func absorb(_ sum: AggregateSum) throws(GateRefusal) -> OpenSlots {
        guard stage == .counting else { throw .wrongStage }
        stage = .closed
        guard sum.schema == schema else { throw .schemaMismatch }
        guard sum.cohortSize >= threshold else {
            throw .cohortTooSmall(counted: sum.cohortSize, needed: threshold)
        }
        guard sum.values.allSatisfy({ $0.isFinite && $0.magnitude < 0x1p52 }) else { throw .countsInconsistent }
        let counts = sum.values.map { Int($0.rounded()) }
        if noiseMargin == 0 {
            let isWhole = zip(sum.values, counts).allSatisfy { ($0 - Double($1)).magnitude < 0.25 && $1 >= 0 }
            guard isWhole, counts.reduce(0, +) == sum.cohortSize else { throw .countsInconsistent }
        }
        var open = (0..<slots).filter { counts[$0] >= threshold }
        if open.isEmpty, let top = counts.max(), let largest = counts.firstIndex(of: top) { open = [largest] }
        let result = OpenSlots(slots: slots, open: open, counted: sum.cohortSize, dropouts: dropouts)
        stage = .open(result)
        return result
    }

    /// Forgets the count; choices may have changed, so the next vectors need a new one.
    public mutating func reset() { stage = .counting }
}
