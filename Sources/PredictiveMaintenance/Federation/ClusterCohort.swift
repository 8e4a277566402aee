public import FederatedLearning

/// All companies of a scenario in clustered training, played by one process.
/// Source: clustering section 5
public struct ClusterCohort: ClusteringCohort, Sendable {
    /// How a company finds the slot that suits it.
    public enum Choice: Hashable, Sendable {
        /// By the validation loss of each slot's model.
        case loss
        /// By clusters that were found beforehand: the ranking of each company.
        case fixed([[Int]])
    }

    /// The companies, which have adopted one normaliser.
    public let companies: [MaintenanceCompany]
    /// Rounds, epochs, batch and step size.
    public let terms: TrainingTerms
    /// How slots are chosen.
    public let choice: Choice
    private let problems: [NetworkProblem]

    /// Takes the companies; throws `noExamples`.
    public init(
        _ companies: [MaintenanceCompany], terms: TrainingTerms, choice: Choice
    ) throws(LearningFailure) {
        if case .fixed(let rankings) = choice {
            precondition(rankings.count == companies.count, "one ranking a company")
        }
        self.companies = companies
        self.terms = terms
        self.choice = choice
        problems = try companies.parallelMap { company throws(LearningFailure) in try company.problem() }
    }

    /// Each company's slots from the most to the least suitable.
    public func rankings(of models: [ParameterVector]) throws(LearningFailure) -> [[Int]] {
        if case .fixed(let rankings) = choice { return rankings }
        let losses = Parallel.map(count: companies.count) { index in
            models.map { problems[index].validationLoss(of: $0.values) ?? .infinity }
        }
        return losses.map { own in
            own.indices.sorted { own[$0] != own[$1] ? own[$0] < own[$1] : $0 < $1 }
        }
    }

    /// One round: every company trains the model of its slot.
    public func contributions(
        round: Int, models: [ParameterVector], slots: [Int?], terms slotTerms: ClusterSlots,
        permission: CountGate.OpenSlots, metrics: MetricBlock
    ) throws(ClusterFailure) -> [Upload?] {
        let plan = terms.plan(round: round)
        let outcomes = Parallel.map(count: companies.count) { index -> Result<Upload?, ClusterFailure> in
            do throws(ClusterFailure) {
                guard let slot = slots[index] else { return .success(nil) }
                let update: LocalUpdate
                let reading: WeightedMetric.Reading
                do throws(LearningFailure) {
                    update = try trainer(index).train(from: models[slot], plan: plan)
                    reading = self.reading(index, models[slot])
                } catch {
                    throw .learning(error)
                }
                let upload = try ClusterSlots.Participant(slotTerms).upload(
                    update, slot: slot, permission: permission)
                do throws(LearningFailure) {
                    return .success(try metrics.upload(upload, [reading]))
                } catch {
                    throw .learning(error)
                }
            } catch {
                return .failure(error)
            }
        }
        var uploads: [Upload?] = []
        for outcome in outcomes { uploads.append(try outcome.get()) }
        return uploads
    }

    /// Uploads of the loss alone.
    public func scores(
        models: [ParameterVector], slots: [Int?], metrics: MetricBlock
    ) throws(LearningFailure) -> [Upload?] {
        var uploads: [Upload?] = []
        for (index, slot) in slots.enumerated() {
            guard let slot else {
                uploads.append(nil)
                continue
            }
            let empty = try Upload(schema: UploadSchema([]), values: [])
            uploads.append(try metrics.upload(empty, [reading(index, models[slot])]))
        }
        return uploads
    }

    /// A short sketch of each company's first update, of length 1: what secure Lloyd clusters by.
    public func embeddings(
        from start: ParameterVector, size: Int, seed: UInt64
    ) throws(LearningFailure) -> [[Double]] {
        let outcomes = Parallel.map(count: companies.count) { index -> Result<[Double], LearningFailure> in
            do throws(LearningFailure) {
                let update = try trainer(index).train(from: start, plan: terms.plan(round: 0))
                let sketch = PairwiseCollaboration.sketch(update.delta, size: size, seed: seed)
                let norm = sketch.reduce(0) { $0 + $1 * $1 }.squareRoot()
                return .success(sketch.map { norm > 0 ? $0 / norm : 0 })
            } catch {
                return .failure(error)
            }
        }
        var embeddings: [[Double]] = []
        for outcome in outcomes { embeddings.append(try outcome.get()) }
        return embeddings
    }

    private func trainer(_ index: Int) -> FedProx<NetworkProblem> {
        FedProx(
            problems[index], participant: companies[index].participant, proximal: 0, optimiser: .adam(Adam()))
    }

    private func reading(_ index: Int, _ model: ParameterVector) -> WeightedMetric.Reading {
        let mean = problems[index].validationLoss(of: model.values) ?? 0
        return .init(value: mean.isFinite ? mean : terms.lossBound, examples: problems[index].validationRows)
    }
}
