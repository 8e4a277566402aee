import FederatedLearning

extension Decoders {
    private static let methods: [any Personaliser] = {
        do throws(LearningFailure) {
            let network = MLP(inputs: 2, hidden: [], heads: [.init(name: "y", width: 1, loss: .meanSquaredError)])
            let table = try ExampleTable(
                inputs: [0.5, -1, 0.25, 2, -0.75, 1], inputWidth: 2, targets: [1, -1, 0.5], targetWidth: 1)
            let problem = try NetworkProblem(network: network, training: table, validation: table)
            let start = ParameterVector(zeros: network.layout)
            let adam = Optimiser.adam(Adam())
            let share = SegmentShare(network.layout) { $0.name.hasSuffix("bias") }
            return [
                try PrivateHead(
                    problem, share: share, schedule: .together, participant: 1, optimiser: adam, initial: start),
                Ditto(problem, pull: 0.3, participant: 1, optimiser: adam),
                AdaptiveMixture(problem, participant: 1, optimiser: adam, mixing: 0.5, mixingRate: 0.1),
            ]
        } catch {
            preconditionFailure("a small problem: \(error)")
        }
    }()

    static var personalSeeds: [(name: String, bytes: [UInt8])] {
        methods.enumerated().map { index, example in
            var method = example
            let shared = ParameterVector(zeros: method.sharedLayout)
            let plan = RoundPlan(round: 0, localEpochs: 1, batchSize: 2, learningRate: 0.1, seed: 1)
            _ = try? method.train(from: shared, plan: plan)
            return ("method-\(index)", method.state.bytes)
        }
    }

    /// A stored state is taken whole or refused, and what is taken is written down as it was read.
    static func personalState(_ bytes: [UInt8]) {
        for example in methods {
            var method = example
            let before = method.state
            do throws(PersonalStateFailure) {
                try method.restore(PersonalState(bytes: bytes))
                precondition(method.state.bytes == bytes, "a state has one encoding")
            } catch {
                precondition(method.state == before, "a refused state left a trace")
            }
        }
    }
}
