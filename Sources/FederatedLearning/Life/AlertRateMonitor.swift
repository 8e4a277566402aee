/// Whether all companies' alarms together exceed the agreed false-alarm budget, from one secure sum of (alerts, windows).
///
/// Windows must be quiet ones that do not overlap: machines that were found sound, each counted once. Companies with fewer
/// than `minimumWindows` of them do not take part. The coordinator learns two totals.
/// Block: `counts` (alerts, windows; bound 1).
/// Source: model-life section 3
public struct AlertRateMonitor: Hashable, Sendable {
    /// What the totals say.
    public struct Reading: Hashable, Sendable {
        /// Alarms of the cohort.
        public let alerts: Int
        /// Windows of the cohort, at least 1.
        public let windows: Int
        /// How many companies were counted.
        public let cohortSize: Int
        /// The rates that the totals do not contradict at the confidence (Clopper and Pearson, two-sided).
        public let interval: ClosedRange<Double>
        /// How likely so many alarms or more are if the true rate is the budget.
        public let tail: Double
        /// Whether that is at most 1 - confidence: at or below the budget this is said wrongly with that probability at most.
        public let exceedsBudget: Bool

        /// Alarms over windows.
        public var rate: Double { Double(alerts) / Double(windows) }
    }

    /// The agreed share of quiet windows that may raise an alarm.
    public let budget: Double
    /// How sure one must be.
    public let confidence: Double
    /// The most windows one company may count.
    public let maximumWindows: Int
    /// The fewest windows one company must have.
    public let minimumWindows: Int
    /// The fewest companies whose counts may be shown together, at least 3.
    public let minimumCohort: Int
    /// What participants must upload.
    public let schema: UploadSchema
    private let block: CountBlock

    /// Fixes the terms: budget and confidence between 0 and 1, 1 <= minimumWindows <= maximumWindows <= 2^24, `minimumCohort` >= 3.
    public init(budget: Double, confidence: Double, maximumWindows: Int, minimumWindows: Int, minimumCohort: Int) {
        precondition(budget > 0 && budget < 1 && confidence > 0 && confidence < 1, "a share out of range")
        precondition((1...maximumWindows).contains(minimumWindows), "windows out of range")
        precondition(minimumCohort >= 3, "a cohort that would show a member's counts")
        self.budget = budget
        self.confidence = confidence
        self.maximumWindows = maximumWindows
        self.minimumWindows = minimumWindows
        self.minimumCohort = minimumCohort
        block = CountBlock(cap: maximumWindows)
        schema = UploadSchema([.init(name: "counts", count: 2, bound: 1)])
    }

    /// One company's upload; throws `tooManyRows`, `tooFewRows`, or `outOfRange` for alerts below 0 or above the windows.
    public func upload(alerts: Int, windows: Int) throws(LifeRefusal) -> Upload {
        guard windows <= maximumWindows else { throw .tooManyRows(found: windows, maximum: maximumWindows) }
        guard windows >= minimumWindows else { throw .tooFewRows(found: windows, needed: minimumWindows) }
        guard (0...windows).contains(alerts) else { throw .outOfRange(index: 0) }
        return Upload(fitting: schema, block.encode([alerts, windows]))
    }

    /// What the opened totals say.
    ///
    /// Throws `schemaMismatch`, `cohortTooSmall`, `countsInconsistent`, or `tooManyRows` above `BinomialLaw.mostTrials`.
    public func reading(from sum: AggregateSum) throws(LifeRefusal) -> Reading {
        try sum.check(schema, minimumCohort: minimumCohort)
        let counts = try block.decode(sum.values, cohortSize: sum.cohortSize)
        let (alerts, windows) = (counts[0], counts[1])
        guard alerts <= windows, windows >= minimumWindows * sum.cohortSize else { throw .countsInconsistent }
        guard windows <= BinomialLaw.mostTrials else {
            throw .tooManyRows(found: windows, maximum: BinomialLaw.mostTrials)
        }
        let tail = BinomialLaw.upperTail(alerts, of: windows, rate: budget)
        return Reading(
            alerts: alerts, windows: windows, cohortSize: sum.cohortSize,
            interval: BinomialLaw.interval(alerts, of: windows, confidence: confidence), tail: tail,
            exceedsBudget: tail <= 1 - confidence)
    }
}
