public import FederatedLearning
public import RingVectors

/// Buffered asynchronous training: each company trains at its own pace from the model it took; when enough have finished, a
/// cohort of exactly these is closed and summed in a session of its own, each weighing its update by its staleness.
///
/// The coordinator learns who finished when (it hands out the models) and one sum a cohort.
/// Source: fedopt section 4
public struct BufferedTraining {
    /// Constants of a run.
    public struct Terms: Sendable {
        /// Cohorts to be summed.
        public var cohorts: Int
        /// How many ticks of a common clock each company trains; positive.
        public var paces: [Int]
        /// Finished companies that make a cohort, at least 3.
        public var cohortSize: Int
        /// The ring of the uploads.
        public var ringBits: Int
        /// How values between two levels are brought to one.
        public var rounding: FixedPointCodec.Rounding

        /// A run in a 32-bit ring, unless told otherwise.
        public init(
            cohorts: Int, paces: [Int], cohortSize: Int, ringBits: Int = 32,
            rounding: FixedPointCodec.Rounding = .stochastic
        ) {
            precondition(cohorts >= 1 && paces.allSatisfy { $0 > 0 }, "no cohort, or a company without time")
            precondition(cohortSize >= 3 && cohortSize <= paces.count, "a cohort out of range")
            self.cohorts = cohorts
            self.paces = paces
            self.cohortSize = cohortSize
            self.ringBits = ringBits
            self.rounding = rounding
        }
    }

    /// How a run ended.
    public struct Outcome: Sendable {
        /// The model after the last cohort; cohorts are over different companies, so no loss chooses among rounds.
        public let model: ParameterVector
        /// The loss of the model that each cohort moved, over the cohort's companies.
        public let losses: [Double?]
        /// How stale the summed updates were: for each staleness how many.
        public let staleness: [Int: Int]
        /// Updates that came too late.
        public let expired: Int
        /// What the sums have cost.
        public let tally: SumTally
    }

    /// The strategy.
    public let averaging: BufferedAveraging
    /// The loss that rides along.
    public let metrics: MetricBlock
    /// The constants.
    public let terms: Terms

    /// Prepares a run; exactly one metric.
    public init(_ averaging: BufferedAveraging, metrics: MetricBlock, terms: Terms) {
        precondition(metrics.metrics.count == 1, "the one metric is the loss")
        self.averaging = averaging
        self.metrics = metrics
        self.terms = terms
    }

    /// Trains from `start`.
    ///
    /// - Throws: the failure of the layer that refused; the run is then lost.
    public func run(
        from start: ParameterVector, cohort: some AsynchronousCohort, cohorts: CohortSummation,
        progress: (Int, Double?) -> Void = { _, _ in }
    ) throws(FederationFailure) -> Outcome {
        let companies = terms.paces.count
        var buffer = CohortBuffer(
            participants: companies, cohortSize: terms.cohortSize, maximumStaleness: averaging.maximumStaleness)
        var server = Metered(BufferedAveraging.Coordinator(averaging), metrics: metrics)
        var model = start
        var taken: [AsynchronousJob] = []
        var done = terms.paces
        for company in 0..<companies {
            let version = try FederationFailure.cohort { () throws(CohortFailure) in try buffer.checkOut(company) }
            taken.append(AsynchronousJob(company: company, base: model, version: version))
        }
        var losses: [Double?] = []
        var staleness: [Int: Int] = [:]
        var expired = 0
        var tally = SumTally(companies: companies)
        var training = Set(0..<companies)
        while losses.count < terms.cohorts {
            // the next to finish; equal times by number
            guard let next = training.min(by: { (done[$0], $0) < (done[$1], $1) }) else {
                throw .cohort(.notReady(waiting: buffer.waiting, needed: terms.cohortSize))
            }
            training.remove(next)
            let now = done[next]
            try FederationFailure.cohort { () throws(CohortFailure) in try buffer.finish(next) }
            guard buffer.waiting >= terms.cohortSize else { continue }
            let closed: CohortBuffer.Cohort
            do throws(CohortFailure) {
                closed = try buffer.closeCohort()
            } catch .notReady {
                continue
            } catch {
                throw .cohort(error)
            }
            let summed = try sum(closed, taken, model, cohort, cohorts)
            tally.add(summed.tally, over: closed.members.count)
            let loss = try FederationFailure.learning { () throws(LearningFailure) in
                try server.means(from: summed.sum).first?.value
            }
            losses.append(loss)
            for member in closed.members { staleness[member.staleness, default: 0] += 1 }
            expired += closed.expired.count
            try FederationFailure.learning { () throws(LearningFailure) in
                try server.absorb(summed.sum, into: &model)
            }
            try FederationFailure.cohort { () throws(CohortFailure) in try buffer.settle(absorbed: true) }
            for company in closed.members.map(\.participant) + closed.expired {
                let version = try FederationFailure.cohort { () throws(CohortFailure) in
                    try buffer.checkOut(company)
                }
                taken[company] = AsynchronousJob(company: company, base: model, version: version)
                done[company] = now + terms.paces[company]
                training.insert(company)
            }
            progress(losses.count, loss)
        }
        return Outcome(model: model, losses: losses, staleness: staleness, expired: expired, tally: tally)
    }

    private func sum(
        _ closed: CohortBuffer.Cohort, _ taken: [AsynchronousJob], _ model: ParameterVector,
        _ cohort: some AsynchronousCohort, _ cohorts: CohortSummation
    ) throws(FederationFailure) -> SummedUploads {
        let members = closed.members.sorted { $0.participant < $1.participant }
        let uploads = try FederationFailure.learning { () throws(LearningFailure) -> [Upload] in
            let updates = try cohort.updates(members.map { taken[$0.participant] })
            let side = BufferedAveraging.Participant(averaging)
            var uploads: [Upload] = []
            for (member, update) in zip(members, updates) {
                let base = try side.upload(update, staleness: member.staleness)
                uploads.append(try metrics.upload(base, [cohort.reading(member.participant, of: model)]))
            }
            return uploads
        }
        return try cohorts.sum(
            over: members.map(\.participant), uploads, bits: terms.ringBits, rounding: terms.rounding, model: model)
    }
}
