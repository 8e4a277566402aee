import Testing

@testable import FederatedLearning

@Suite("Life after training: what the rules promise") struct LifePropertyTests {
    /// The tail by adding up all masses, each from the last.
    private func slowTail(_ k: Int, _ n: Int, _ p: Double) -> Double {
        var masses = [Double](repeating: 0, count: n + 1)
        masses[0] = 1
        for trial in 1...n {
            for place in stride(from: trial, through: 1, by: -1) {
                masses[place] = masses[place] * (1 - p) + masses[place - 1] * p
            }
            masses[0] *= 1 - p
        }
        return masses[k...].reduce(0, +)
    }

    @Test func tailsAreThoseOfTheSlowRecurrence() {
        var generator = SeededGenerator(seed: 41)
        for _ in 0..<300 {
            let n = 1 + generator.index(below: 60)
            let k = generator.index(below: n + 1)
            let p = Double(generator.index(below: 1001)) / 1000
            let slow = slowTail(k, n, p)
            #expect((BinomialLaw.upperTail(k, of: n, rate: p) - slow).magnitude < 1e-12)
            #expect((BinomialLaw.lowerTail(k - 1, of: n, rate: p) - (1 - slow)).magnitude < 1e-12)
        }
    }

    /// However rows lie inside the bins, the statistic of the rows is between the two that bins give.
    @Test func binnedStatisticsEncloseTheRowsOwn() throws {
        var generator = SeededGenerator(seed: 42)
        let bins = FeatureBins([[-1, -0.2, 0.1, 0.5]])
        var tight = 0
        for _ in 0..<200 {
            let here = (0..<(3 + generator.index(below: 40))).map { _ in generator.gaussian() }
            let there = (0..<(3 + generator.index(below: 40))).map { _ in generator.gaussian() * 0.7 + 0.2 }
            var exact = 0.0
            for x in here + there {
                let f = Double(here.count { $0 <= x }) / Double(here.count)
                let g = Double(there.count { $0 <= x }) / Double(there.count)
                exact = max(exact, (f - g).magnitude)
            }
            let found = BinnedDistance.kolmogorovSmirnov(try bins.counts(of: here)[0], try bins.counts(of: there)[0])
            #expect(found.atEdges <= exact + 1e-12 && exact <= found.atMost + 1e-12)
            if found.atMost < 0.999 { tight += 1 }
        }
        #expect(tight > 100)
    }

    @Test func aValueOnAnEdgeBelongsToTheBinAbove() {
        let bins = FeatureBins(ranges: [PublicRange(lower: 0, upper: 4)], bins: 4)
        #expect(bins.edges == [[1, 2, 3]])
        #expect([-9, 0.99, 1, 1.5, 2, 3, 99].map { bins.bin(of: $0, feature: 0) } == [0, 0, 1, 1, 2, 3, 3])
    }

    @Test func votesAndPresentCountsComeOutAsSums() throws {
        let histogram = HistogramSum(
            bins: FeatureBins([[-0.25, 0, 0.25], [0]]), maximumRows: 500, minimumRows: 50, minimumCohort: 5)
        func table(_ company: Int, shift: Double) -> [Double] {
            zip(sample(120, company), sample(120, company + 50)).flatMap { [$0 + shift, $1] }
        }
        let reference = try histogram.reference(
            from: clearSum(try (0..<6).map { try histogram.upload(table($0, shift: 0)) }))
        let vote = DriftVote(with: histogram)
        let present = (0..<6).map { table($0 + 6, shift: $0 < 2 ? 0.3 : 0) }
        let ballots = try present.map {
            try vote.ballot(
                DriftReport(present: $0, against: reference, criterion: DriftCriterion()), present: $0)
        }
        let outcome = try vote.outcome(from: clearSum(ballots, step: 0x1p-20))
        #expect(outcome.voters == 6 && outcome.drifting == 2)
        #expect(outcome.present?.rows == 720)
        #expect(try outcome.present?.counts == histogram.bins.counts(of: present.flatMap(\.self)))
    }

    /// At the budget a breach is said with probability at most 1 - confidence; well above it nearly always.
    @Test func theBudgetIsJudgedAsPromised() throws {
        let monitor = AlertRateMonitor(
            budget: 0.05, confidence: 0.9, maximumWindows: 100, minimumWindows: 1, minimumCohort: 4)
        var generator = SeededGenerator(seed: 43)
        func breaches(_ rate: Double) throws -> Double {
            var found = 0
            for _ in 0..<2000 {
                let uploads = try (0..<4).map { _ in
                    let alerts = (0..<60).count { _ in Double(generator.index(below: 1_000_000)) < rate * 1e6 }
                    return try monitor.upload(alerts: alerts, windows: 60)
                }
                let reading = try monitor.reading(from: clearSum(uploads))
                #expect(reading.windows == 240 && reading.interval.contains(reading.rate))
                if reading.exceedsBudget { found += 1 }
            }
            return Double(found) / 2000
        }
        let atBudget = try breaches(0.05)
        #expect(atBudget < 0.12 && atBudget > 0.02)
        #expect(try breaches(0.12) > 0.95)
    }

    @Test func cumulativeSumsSignalSeldomAtTheUsualRateAndSoonAtTheRaisedOne() {
        var generator = SeededGenerator(seed: 44)
        func meanRun(_ rate: Double) -> Double {
            var total = 0
            for _ in 0..<200 {
                var sum = AlertCUSUM(usual: 0.05, raised: 0.2, meanWindowsToFalseSignal: 300)
                while !sum.add(alert: Double(generator.index(below: 1_000_000)) < rate * 1e6) {}
                total += sum.windows
            }
            return Double(total) / 200
        }
        let usual = meanRun(0.05)
        #expect(usual > 300)
        #expect(meanRun(0.2) < 60)
    }

    private func trial(_ wins: Int, _ losses: Int, positives: Int = 20, extraFalse: Int = 0) -> ShadowTrial {
        var trial = ShadowTrial()
        for index in 0..<positives {
            trial.add(candidate: index >= losses, incumbent: index < positives - wins, isPositive: true)
        }
        for index in 0..<100 { trial.add(candidate: index < extraFalse, incumbent: false, isPositive: false) }
        return trial
    }

    @Test func aCandidateIsAdoptedOnlyIfEveryConditionHolds() throws {
        let shadow = ShadowComparison(
            budget: 0.05, significance: 0.2, maximumWindows: 200, minimumWindows: 50, minimumPositives: 40,
            minimumCohort: 3)
        func objections(_ trials: [ShadowTrial]) throws -> [ShadowComparison.Objection] {
            let outcome = try shadow.outcome(from: clearSum(try trials.map { try shadow.ballot($0) }))
            #expect(outcome.isAdopted == outcome.objections.isEmpty)
            return outcome.objections
        }
        let good = trial(6, 0)
        #expect(good.wins == 6 && good.losses == 0 && good.vote(significance: 0.2) == 1)
        #expect(try objections([good, good, trial(0, 3)]).isEmpty)
        #expect(try objections([good, trial(0, 6), trial(0, 0)]) == [.noMajority(total: 0)])
        #expect(try objections([good, good, trial(0, 15)]) == [.recallFell(candidate: 45, incumbent: 48)])
        #expect(try objections([trial(6, 0, extraFalse: 20), trial(9, 0), good]).contains(.overBudget))
        let scarce = trial(6, 0, positives: 8)
        #expect(try objections([scarce, scarce, scarce]) == [.tooFewPositives(found: 24, needed: 40)])
    }

    @Test func lossesDecideWhereBothDecideAlike() {
        var trial = ShadowTrial()
        trial.add(candidate: true, loss: 0.1, incumbent: true, loss: 0.2, isPositive: true)
        trial.add(candidate: true, loss: .nan, incumbent: true, loss: 5, isPositive: true)
        trial.add(candidate: true, loss: 1, incumbent: true, loss: 1, isPositive: false)
        trial.add(candidate: true, loss: 1, incumbent: true, loss: .nan, isPositive: false)
        #expect(trial.wins == 2 && trial.losses == 1 && trial.ties == 1)
        #expect(trial.candidate == trial.incumbent && trial.candidate.falsePositives == 2)
    }

    /// Random groups, random lying votes (a colluder votes for a group it is not in) and dropouts: no group below the minimum.
    @Test func noGroupIsEverOpenedBelowItsMinimum() throws {
        let audit = GroupAudit(groups: 4, maximumRows: 20, minimumRows: 2, minimumMembers: 3)
        let table = ConfusionCounts(truePositives: 1, falsePositives: 1, trueNegatives: 1, falseNegatives: 1)
        var generator = SeededGenerator(seed: 45)
        var opened = 0
        var refused = 0
        for _ in 0..<1500 {
            let gate = audit.makeGate(colluders: 1, dropouts: 1)
            let membership = (0..<(5 + generator.index(below: 12))).map { _ in generator.index(below: 4) }
            let lie = generator.index(below: 4)
            let votes = try membership.enumerated().map { index, group in
                try audit.vote(table, group: index == 0 ? lie : group, gate: gate)
            }
            guard let permission = try? audit.open(clearSum(votes), gate: gate) else {
                refused += 1
                continue
            }
            let gone = 1 + generator.index(below: membership.count - 1)
            for group in permission.groups {
                let members = membership.enumerated().count {
                    $0.offset != 0 && $0.offset != gone && $0.element == group
                }
                #expect(members >= 3)
                opened += 1
            }
        }
        #expect(opened > 300 && refused > 100)
    }
}
