/// Candidate against incumbent on one company's stream: neither decides anything, both are scored; stays with the company.
///
/// A pair is a win, a loss or a tie of the candidate. The vote is +1 or -1 when the sign test on wins and losses is
/// significant, else 0. The decisions of both models against what was found later make two tables of confusion counts.
/// Source: model-life section 4
public struct ShadowTrial: Hashable, Sendable {
    /// Pairs in which the candidate did better.
    public private(set) var wins = 0
    /// Pairs in which the incumbent did better.
    public private(set) var losses = 0
    /// Pairs in which both did alike.
    public private(set) var ties = 0
    /// The candidate's decisions.
    public private(set) var candidate = ConfusionCounts(
        truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0)
    /// The incumbent's decisions.
    public private(set) var incumbent = ConfusionCounts(
        truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0)

    /// Nothing seen.
    public init() {}

    /// How many pairs.
    public var pairs: Int { wins + losses + ties }

    /// Takes one window: both models' decisions and the truth; the right decision wins over the wrong one.
    public mutating func add(candidate alarm: Bool, incumbent usual: Bool, isPositive truth: Bool) {
        candidate.add(decision: alarm, isPositive: truth)
        incumbent.add(decision: usual, isPositive: truth)
        count(lead: alarm == usual ? 0 : alarm == truth ? 1 : -1)
    }

    /// The same with both models' losses, of which the smaller wins; a loss that is no number loses against one that is.
    public mutating func add(
        candidate alarm: Bool, loss: Double, incumbent usual: Bool, loss usualLoss: Double, isPositive truth: Bool
    ) {
        candidate.add(decision: alarm, isPositive: truth)
        incumbent.add(decision: usual, isPositive: truth)
        let (ours, theirs) = (loss.isNaN ? .infinity : loss, usualLoss.isNaN ? .infinity : usualLoss)
        count(lead: ours == theirs ? 0 : ours < theirs ? 1 : -1)
    }

    /// +1, 0 or -1: the one-sided sign test at this level, 0 < significance <= 1; 1 lets the mere majority of pairs speak.
    public func vote(significance: Double) -> Int {
        precondition(significance > 0 && significance <= 1, "a level out of range")
        let decided = min(wins + losses, BinomialLaw.mostTrials)
        guard wins != losses else { return 0 }
        let tail = BinomialLaw.upperTail(min(max(wins, losses), decided), of: decided, rate: 0.5)
        return tail > significance ? 0 : wins > losses ? 1 : -1
    }

    private mutating func count(lead: Int) {
        if lead > 0 { wins += 1 } else if lead < 0 { losses += 1 } else { ties += 1 }
    }
}

extension ConfusionCounts {
    /// Counts one decision.
    mutating func add(decision: Bool, isPositive: Bool) {
        switch (decision, isPositive) {
        case (true, true): truePositives += 1
        case (true, false): falsePositives += 1
        case (false, false): trueNegatives += 1
        case (false, true): falseNegatives += 1
        }
    }

    /// True positives, false positives, true negatives, false negatives.
    var list: [Int] { [truePositives, falsePositives, trueNegatives, falseNegatives] }

    /// From four numbers in the order of `list`.
    init(_ list: ArraySlice<Int>) {
        let start = list.startIndex
        self.init(
            truePositives: list[start], falsePositives: list[start + 1], trueNegatives: list[start + 2],
            falseNegatives: list[start + 3])
    }

    /// Rows that are positive.
    public var positives: Int { truePositives + falseNegatives }
    /// Rows that are not.
    public var negatives: Int { falsePositives + trueNegatives }
}
