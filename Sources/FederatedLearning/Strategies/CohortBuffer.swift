/// Why an asynchronous participant's message does not fit.
public enum CohortFailure: Error, Equatable, Sendable {
    /// No participant of that number.
    case unknownParticipant(Int)
    /// It has no model to have trained from.
    case notTraining(Int)
    /// It is in the cohort that is being summed.
    case inCohort(Int)
    /// The last cohort is not yet settled.
    case cohortOpen
    /// There is no cohort to settle.
    case noCohort
    /// Fewer have finished than a cohort needs.
    case notReady(waiting: Int, needed: Int)
}

/// The coordinator's book of who trains from which model and who has finished; holds numbers, never updates.
///
/// A cohort is fixed when it is closed, so that masks can be made for exactly its members. One cohort at a time; at most
/// one entry a participant, so outside data cannot make it grow.
/// Source: fedopt section 4
public struct CohortBuffer: Sendable, Equatable {
    /// One member of a closed cohort.
    public struct Member: Hashable, Sendable {
        /// The participant's number.
        public let participant: Int
        /// How many versions the model has moved since it took one.
        public let staleness: Int
    }

    /// Who is summed now, and who took too long.
    public struct Cohort: Hashable, Sendable {
        /// In the order in which they finished.
        public let members: [Member]
        /// Participants whose update is too old; they must take the newest model.
        public let expired: [Int]
    }

    private enum Entry: Sendable, Equatable {
        case idle
        case training(base: Int)
        case waiting(base: Int)
        case summed
    }

    /// How many finished participants make a cohort.
    public let cohortSize: Int
    /// Updates older than this expire.
    public let maximumStaleness: Int
    /// The version of the newest model, from 0.
    public private(set) var version = 0
    private var entries: [Entry]
    private var queue: [Int] = []
    private var isOpen = false

    /// An empty buffer; a cohort needs at least 3 members, so that no member knows another's update from the sum.
    public init(participants: Int, cohortSize: Int, maximumStaleness: Int) {
        precondition(cohortSize >= 3 && cohortSize <= participants && maximumStaleness >= 0, "a cohort out of range")
        self.cohortSize = cohortSize
        self.maximumStaleness = maximumStaleness
        entries = [Entry](repeating: .idle, count: participants)
    }

    /// How many have finished and wait.
    public var waiting: Int { queue.count }

    /// A participant takes the newest model; what it had trained before is forgotten. Returns the version.
    public mutating func checkOut(_ participant: Int) throws(CohortFailure) -> Int {
        try check(participant)
        queue.removeAll { $0 == participant }
        entries[participant] = .training(base: version)
        return version
    }

    /// A participant says that it has finished.
    public mutating func finish(_ participant: Int) throws(CohortFailure) {
        try check(participant)
        guard case .training(let base) = entries[participant] else { throw .notTraining(participant) }
        entries[participant] = .waiting(base: base)
        queue.append(participant)
    }

    /// Fixes the next cohort: the first `cohortSize` that have finished and are not too old.
    ///
    /// Throws `cohortOpen` or `notReady`; then nothing has changed.
    public mutating func closeCohort() throws(CohortFailure) -> Cohort {
        guard !isOpen else { throw .cohortOpen }
        var members: [Member] = []
        var expired: [Int] = []
        for participant in queue {
            guard case .waiting(let base) = entries[participant] else { continue }
            if version - base > maximumStaleness {
                expired.append(participant)
            } else if members.count < cohortSize {
                members.append(Member(participant: participant, staleness: version - base))
            }
        }
        guard members.count == cohortSize else {
            throw .notReady(waiting: queue.count - expired.count, needed: cohortSize)
        }
        for participant in expired { entries[participant] = .idle }
        for member in members { entries[member.participant] = .summed }
        let gone = Set(expired + members.map(\.participant))
        queue.removeAll { gone.contains($0) }
        isOpen = true
        return Cohort(members: members, expired: expired)
    }

    /// Ends a cohort: its members become idle, and the version moves on when its sum was absorbed.
    public mutating func settle(absorbed: Bool) throws(CohortFailure) {
        guard isOpen else { throw .noCohort }
        for index in entries.indices where entries[index] == .summed { entries[index] = .idle }
        if absorbed { version += 1 }
        isOpen = false
    }

    private func check(_ participant: Int) throws(CohortFailure) {
        guard entries.indices.contains(participant) else { throw .unknownParticipant(participant) }
        if entries[participant] == .summed { throw .inCohort(participant) }
    }
}
