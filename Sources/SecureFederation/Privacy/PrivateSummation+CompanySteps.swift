internal import DifferentialPrivacy
internal import FederatedLearning
internal import RingVectors

extension PrivateSummation {
    /// Procedure D, one round: noised steps inside every company, then the secure mean of the companies' changes.
    ///
    /// Each step clips each unit's gradient, adds the full noise of this company alone, and moves the company's copy of the
    /// model. All steps of the round are charged before the first; the change that leaves is post-processing of them.
    /// Source: private-training section 4
    func companySteps(
        _ steps: Int, round number: Int, from shared: ParameterVector, learningRate: Float,
        dropouts: [Int: DropoutStep], vectors: PrivateTraining.UnitVectors, _ tally: inout SumTally
    ) throws(FederationFailure) -> [Double] {
        begin()
        let levels = plan.levelsPerUnit
        // A step moves each coordinate by little; what lies beyond this is clipped by the encoding.
        let schema = UploadSchema([
            .init(
                name: "change", count: shared.values.count, bound: Double(learningRate) * Double(steps) * plan.clipNorm),
            .init(name: "members", count: 1, bound: 1),
        ])
        var uploads: [Upload] = []
        for company in 0..<plan.terms.participants {
            let contributor = contributor(company)
            try contributor.charge(round: round, count: steps)
            var model = shared
            for _ in 0..<steps {
                try contributor.prepare(round: round)
                let current = model
                let own = vectors(company, number, current)
                let integers = try contributor.sum(own, levels: levels)
                // The mean over the share of the agreed units that a company has on average.
                let scale =
                    Double(learningRate) * Double(plan.terms.participants) / (Double(plan.terms.nominalUnits) * levels)
                var values = model.values
                for index in values.indices { values[index] -= Float(Double(integers[index]) * scale) }
                model.values = values
            }
            try contributor.redeem(round: round)
            let changes = zip(model.values, shared.values).map { Double($0 - $1) }
            uploads.append(
                try FederationFailure.learning { () throws(LearningFailure) in
                    try Upload(schema: schema, values: changes + [1])
                })
        }
        let summed = try sumChanges(uploads, model: shared, dropouts: dropouts)
        tally.add(summed.tally)
        let members = max(1, (summed.sum.block("members")?.first ?? 1).rounded())
        return (summed.sum.block("change") ?? []).map { $0 / members }
    }
}
