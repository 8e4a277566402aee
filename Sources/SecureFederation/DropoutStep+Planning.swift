public import SecureAggregation

extension DropoutStep {
    /// The order in which a mixture of dropouts goes through the steps.
    public static let mixture: [DropoutStep] = [.input, .upload, .survivors, .unmask, .receipt, .deal, .advertise]

    /// The steps of a round that stands, which can change from round to round.
    public static let online: [DropoutStep] = [.input, .upload, .survivors, .unmask]

    /// Whether a member that falls silent here has its input in the sum all the same.
    public var keepsInput: Bool { self == .survivors || self == .unmask }
}

extension Dropouts {
    /// What a planner must know of members of a session that fall silent before these steps.
    ///
    /// Members that never advertise are in no session and are not counted: plan for the others.
    public init(counting steps: some Collection<DropoutStep>) {
        self.init()
        for step in steps {
            switch step {
            case .advertise: break
            case .deal, .receipt: setup += 1
            case .input, .upload, .survivors: early += 1
            case .unmask: late += 1
            }
        }
    }
}

extension Plan {
    /// Whether a round on the complete graph still ends when so many members fall silent before one step.
    /// Source: thresholds section 3
    public func survives(_ count: Int, silentBefore step: DropoutStep) -> Bool {
        let left = participants - count
        if step == .unmask { return left >= shamirThreshold }
        let signed = left >= max(quorum, shamirThreshold)
        return step == .survivors ? signed : signed && left >= minimumSurvivors
    }
}
