internal import FederatedLearning
public import SecureAggregation

/// Who falls silent in which round of a run, decided by a public seed: a rehearsal of what happens in the field.
public struct DropoutSchedule: Sendable {
    /// For each round, from 0, the member and the step before which it falls silent.
    public let rounds: [Int: [Int: DropoutStep]]

    /// Nobody ever falls silent.
    public static let none = DropoutSchedule(rounds: [:])

    /// Takes a schedule as it is.
    public init(rounds: [Int: [Int: DropoutStep]]) {
        self.rounds = rounds
    }

    /// One member falls silent in about `rate` of the rounds, and at least once when `rate` is positive.
    ///
    /// The run is cut into stretches of `1 / rate` rounds with one dropout each; its step goes in turn through those of a
    /// standing round that the plan survives, before the upload first.  Empty when the plan survives none.
    ///
    /// - Parameter keepingInputs: leaves out the steps after which a member's input is missing.
    public init(rate: Double, rounds: Int, plan: Plan, seed: UInt64, keepingInputs: Bool = false) {
        precondition(rate >= 0 && rate <= 1, "a rate is in 0...1")
        let steps = DropoutStep.online.filter {
            plan.survives(1, silentBefore: $0) && ($0.keepsInput || !keepingInputs)
        }
        guard rate > 0, rounds > 0, !steps.isEmpty else {
            self.init(rounds: [:])
            return
        }
        let stretch = Int(min(Double(rounds), (1 / rate).rounded()))
        var generator = SeededGenerator(mixing: seed, 0x6472_6F70_6F75_7473)
        var drawn: [Int: [Int: DropoutStep]] = [:]
        for start in stride(from: 0, to: rounds, by: stretch) {
            let round = start + generator.index(below: stretch)
            let member = generator.index(below: plan.participants)
            if round < rounds { drawn[round] = [member: steps[drawn.count % steps.count]] }
        }
        self.init(rounds: drawn)
    }

    /// The dropouts of one round.
    public func dropouts(in round: Int) -> [Int: DropoutStep] { rounds[round] ?? [:] }
}
