/// Whole numbers, each at most a cap, as fractions of the cap: how counts ride in an upload and come out of a sum.
/// Source: model-life section 1
struct CountBlock: Hashable, Sendable {
    /// The largest number one company may report.
    let cap: Int

    /// The largest cap: with it and 100,000 companies a sum of counts is exact to a quarter in a 62-bit ring.
    static let largestCap = 1 << 24

    init(cap: Int) {
        precondition((1...Self.largestCap).contains(cap), "a cap out of range")
        self.cap = cap
    }

    /// What to upload; numbers must be in 0...cap.
    func encode(_ counts: [Int]) -> [Double] { counts.map { Double($0) / Double(cap) } }

    /// The cohort's totals; throws `countsInconsistent` for what is no whole number within a quarter, or beyond the cohort's
    /// cap.
    func decode(_ values: [Double], cohortSize: Int) throws(LifeRefusal) -> [Int] {
        let most = Double(cap) * Double(cohortSize)
        var counts: [Int] = []
        counts.reserveCapacity(values.count)
        for value in values {
            let total = value * Double(cap)
            let whole = total.rounded()
            guard total.isFinite, whole >= 0, whole <= most, (total - whole).magnitude < 0.25 else {
                throw .countsInconsistent
            }
            counts.append(Int(whole))
        }
        return counts
    }
}

extension AggregateSum {
    /// Throws unless the sum is of this schema and over at least so many participants.
    func check(_ schema: UploadSchema, minimumCohort: Int) throws(LifeRefusal) {
        guard self.schema == schema else { throw .schemaMismatch }
        guard cohortSize >= minimumCohort else { throw .cohortTooSmall(found: cohortSize, needed: minimumCohort) }
    }
}

extension Upload {
    /// An upload whose values are known to fit.
    init(fitting schema: UploadSchema, _ values: [Double]) {
        do throws(LearningFailure) {
            try self.init(schema: schema, values: values)
        } catch {
            preconditionFailure("counts and votes fit their schema")
        }
    }
}
