internal import CryptoPrimitives
internal import FederatedLearning
internal import RingVectors
internal import SecureAggregation

/// The state of one grouped training.
final class GroupedRun {
    private let terms: GroupedTraining.Terms
    private let averaging: FedAvg
    private let everybody: SecureSummation
    private let cohorts: CohortSummation
    private let rule: RobustRule?
    private var server: FedOpt
    private var model: ParameterVector
    private var best: KeptModel<ParameterVector>
    private var partition: JointGroups
    private(set) var losses: [Double?] = []
    private var keptGroups: [[Int]] = []
    private var groupings: [[[Int]]]
    private var failedGroups = 0
    private var trend: ContributionTrend?
    private var alignment: ContributionTrend?
    private var releases: [GroupRelease] = []
    private var tally: SumTally

    init(
        _ terms: GroupedTraining.Terms, _ averaging: FedAvg, _ everybody: SecureSummation, _ cohorts: CohortSummation,
        _ start: ParameterVector, _ step: any ServerStep
    ) throws(FederationFailure) {
        let companies = everybody.plan.participants
        guard cohorts.minimumSize <= terms.minimumSize else {
            throw .cohortTooSmall(found: terms.minimumSize, minimum: cohorts.minimumSize)
        }
        self.terms = terms
        self.averaging = averaging
        self.everybody = everybody
        self.cohorts = cohorts
        rule = try FederationFailure.robustness { () throws(RobustnessRefusal) in
            guard case .rule(let method, let attackers) = terms.defence else { return nil }
            return try RobustRule(method, attackers: attackers, groups: terms.groups)
        }
        server = FedOpt(averaging, step: step)
        model = start
        best = KeptModel(start)
        partition = try Self.partition(terms, companies, period: 0)
        groupings = [partition.members]
        if terms.valuation != nil {
            trend = ContributionTrend(companies: companies)
            alignment = trend
        }
        tally = SumTally(companies: companies)
    }

    private static func partition(
        _ terms: GroupedTraining.Terms, _ companies: Int, period: UInt64
    ) throws(FederationFailure) -> JointGroups {
        try FederationFailure.robustness { () throws(RobustnessRefusal) in
            try JointGroups(
                participants: companies, groups: terms.groups, minimumSize: terms.minimumSize, seed: terms.seed,
                period: period)
        }
    }

    var outcome: GroupedTraining.Outcome {
        let kept = best.isChosen ? best : KeptModel(model, round: terms.rounds)
        return GroupedTraining.Outcome(
            model: kept.model, bestRound: kept.round, lastModel: model, losses: losses, keptGroups: keptGroups,
            groupings: groupings, failedGroups: failedGroups, trend: trend, alignment: alignment, releases: releases,
            tally: tally)
    }

    func round(_ round: Int, _ cohort: inout some JudgingCohort) throws(FederationFailure) {
        if let period = terms.roundsPerGrouping, round > 0, round.isMultiple(of: period) {
            partition = try Self.partition(terms, everybody.plan.participants, period: UInt64(round / period))
            groupings.append(partition.members)
        }
        let start = RoundStart(round: round, model: model)
        try FederationFailure.learning { () throws(LearningFailure) in try cohort.train(from: start) }
        let bound = try normBound(round, cohort)
        let uploads = try FederationFailure.learning { () throws(LearningFailure) in
            try cohort.uploads(clippedToNorm: bound)
        }
        let sums = try groupSums(uploads, round)
        try book(sums, round: round)
        var means = try FederationFailure.robustness { () throws(RobustnessRefusal) in
            try GroupMeans(sums, terms: averaging, partition: partition, minimumSize: terms.minimumSize)
        }
        if let bound { means = means.clipped(toNorm: bound) }
        try value(means, round, cohort)
        try combine(means, round, cohort)
    }

    /// One sum more a group, without training, scores the last model.
    func score(_ cohort: inout some JudgingCohort) throws(FederationFailure) {
        let uploads = try FederationFailure.learning { () throws(LearningFailure) in try cohort.scores(of: model) }
        try book(try groupSums(uploads, terms.rounds, countsAsRelease: false), round: terms.rounds)
    }

    private func groupSums(
        _ uploads: [Upload], _ round: Int, countsAsRelease: Bool = true
    ) throws(FederationFailure) -> [AggregateSum?] {
        var sums: [AggregateSum?] = []
        for members in partition.members {
            do throws(FederationFailure) {
                let summed = try cohorts.sum(
                    over: members, members.map { uploads[$0] }, bits: terms.ringBits, rounding: terms.rounding,
                    model: model, survivors: SurvivorDemand(terms.minimumSize))
                tally.add(summed.tally, over: members.count)
                sums.append(summed.sum)
                if countsAsRelease {
                    releases.append(
                        GroupRelease(
                            round: round, kind: .groupSum, numbers: averaging.schema.dimension,
                            companies: summed.survivors.count))
                }
            } catch .round {
                sums.append(nil)
                failedGroups += 1
            }
        }
        return sums
    }

    /// The loss of the model that the round started from, over all groups that were opened.
    private func book(_ sums: [AggregateSum?], round: Int) throws(FederationFailure) {
        var weighted = 0.0
        var examples = 0.0
        for sum in sums.compactMap(\.self) {
            let mean = try FederationFailure.learning { () throws(LearningFailure) in
                try averaging.means(from: sum).first
            }
            guard let mean, let value = mean.value else { continue }
            weighted += value * mean.examples
            examples += mean.examples
        }
        let loss = examples > 0 ? weighted / examples : nil
        losses.append(loss)
        if sums.allSatisfy({ $0 != nil }) { best.offer(model, round: round, loss: loss) }
    }

    private func normBound(_ round: Int, _ cohort: some JudgingCohort) throws(FederationFailure) -> Double? {
        guard let norms = terms.norms else { return nil }
        var uploads: [Upload] = []
        for norm in cohort.statedNorms {
            uploads.append(
                try FederationFailure.robustness { () throws(RobustnessRefusal) in
                    try norms.buckets.upload(norm: norm)
                })
        }
        let sum = try sumEverybody(uploads, .normHistogram, round)
        return try FederationFailure.robustness { () throws(RobustnessRefusal) in
            try norms.buckets.bound(from: sum, quantile: norms.quantile, factor: norms.factor)
        }
    }

    private func combine(
        _ means: GroupMeans, _ round: Int, _ cohort: some JudgingCohort
    ) throws(FederationFailure) {
        var rows = Array(0..<means.count)
        if case .vote(let margin) = terms.defence {
            let vote = ValidationVote(groups: partition.count, margin: margin)
            let ballots = try FederationFailure.robustness { () throws(RobustnessRefusal) in
                try cohort.ballots(vote, current: model, candidates: means)
            }
            let sum = try sumEverybody(ballots, .voteTotals, round)
            rows = try FederationFailure.robustness { () throws(RobustnessRefusal) in
                try vote.keptRows(vote.totals(from: sum), of: means)
            }
        }
        keptGroups.append(rows.map { means.groups[$0] })
        guard !rows.isEmpty else { return }
        let change = try FederationFailure.robustness { () throws(RobustnessRefusal) -> [Double] in
            if let rule { return try rule.combine(means) }
            return try means.mean(of: rows)
        }
        try FederationFailure.learning { () throws(LearningFailure) in try server.advance(&model, along: change) }
    }

    private func value(
        _ means: GroupMeans, _ round: Int, _ cohort: some JudgingCohort
    ) throws(FederationFailure) {
        guard let valuation = terms.valuation, var trend else { return }
        let coalitions = GroupShapley.coalitions(groups: means.count, exact: valuation == .shapley, seed: UInt64(round))
        var models: [ParameterVector] = []
        for coalition in coalitions {
            models.append(
                try FederationFailure.robustness { () throws(RobustnessRefusal) in
                    try means.model(of: coalition, from: model)
                })
        }
        let losses = CoalitionLosses(
            coalitions: coalitions.count, lossBound: terms.lossBound, maximumExamples: averaging.maximumExamples)
        let judged = models
        let uploads = try FederationFailure.learning { () throws(LearningFailure) -> [Upload] in
            var uploads: [Upload] = []
            for own in try cohort.losses(of: judged) {
                uploads.append(try losses.upload(losses: own.losses, examples: own.examples))
            }
            return uploads
        }
        let sum = try sumEverybody(uploads, .coalitionLosses, round)
        let found = try FederationFailure.learning { () throws(LearningFailure) in try losses.means(from: sum) }
        var values: [Coalition: Double] = [:]
        for (coalition, loss) in zip(coalitions, found) { values[coalition] = found[0] - loss }
        let worth = values
        do throws(ContributionRefusal) {
            let shapley = try GroupShapley.valued(
                groups: means.count, exact: valuation == .shapley, seed: UInt64(round), values: worth)
            try trend.add(values: shapley.values, members: means.groups.map { partition.members[$0] })
        } catch {
            throw .contribution(error)
        }
        self.trend = trend
        do throws(ContributionRefusal) {
            // no sum is looked at that was not already
            try alignment?.add(values: means.alignments, members: means.groups.map { partition.members[$0] })
        } catch {
            throw .contribution(error)
        }
    }

    private func sumEverybody(
        _ uploads: [Upload], _ kind: GroupRelease.Kind, _ round: Int
    ) throws(FederationFailure) -> AggregateSum {
        let summed = try everybody.sum(uploads, bits: terms.ringBits, rounding: .nearest)
        tally.add(summed.tally)
        releases.append(
            GroupRelease(
                round: round, kind: kind, numbers: summed.sum.values.count, companies: summed.survivors.count))
        return summed.sum
    }
}
