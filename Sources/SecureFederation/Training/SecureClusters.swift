public import FederatedLearning
internal import RingVectors

/// Secure Lloyd from several public starts, each iteration two sums: the count, then the sums of the open clusters.
///
/// Source: clustering section 3
public struct SecureClusters {
    /// How a run ended.
    public struct Outcome: Sendable {
        /// The centroids of the start with the least inertia.
        public let centroids: [[Double]]
        /// The mean squared distance to them.
        public let inertia: Double
        /// Each company's clusters from the nearest to the farthest; each company finds its own alone.
        public let rankings: [[Int]]
        /// What the sums have cost.
        public let tally: SumTally
    }

    /// The clusters.
    public let lloyd: SecureLloyd
    /// Companies that may vote falsely together.
    public let colluders: Int
    /// Iterations of each start.
    public let iterations: Int
    /// Public starts.
    public let starts: Int
    /// Decides the starts; public.
    public let seed: UInt64

    /// Fixes the terms; at least one iteration and start.
    public init(_ lloyd: SecureLloyd, colluders: Int, iterations: Int, starts: Int, seed: UInt64) {
        precondition(iterations >= 1 && starts >= 1 && colluders >= 0, "terms out of range")
        self.lloyd = lloyd
        self.colluders = colluders
        self.iterations = iterations
        self.starts = starts
        self.seed = seed
    }

    /// Clusters one embedding a company.
    ///
    /// - Throws: `gate` when a count opens nothing; the failures of the layers below.
    public func run(_ embeddings: [[Double]], cohorts: CohortSummation) throws(FederationFailure) -> Outcome {
        var participants: [SecureLloyd.Participant] = []
        for embedding in embeddings {
            participants.append(
                try FederationFailure.learning { () throws(LearningFailure) in
                    try SecureLloyd.Participant(lloyd, embedding: embedding)
                })
        }
        var tally = SumTally(companies: embeddings.count)
        var best: (centroids: [[Double]], inertia: Double)?
        for start in 0..<starts {
            var coordinator = SecureLloyd.Coordinator(lloyd, seed: seed &+ UInt64(start))
            var before = coordinator.centroids
            for _ in 0..<iterations {
                before = coordinator.centroids
                if try step(&coordinator, participants, cohorts, &tally) < 1e-6 { break }
            }
            // the inertia of a sum is that of the centroids it was taken at
            if let inertia = coordinator.inertia, inertia < best?.inertia ?? .infinity { best = (before, inertia) }
        }
        guard let best else { throw .gate(.wrongStage) }
        var rankings: [[Int]] = []
        for participant in participants {
            rankings.append(
                try FederationFailure.learning { () throws(LearningFailure) in
                    try participant.ranking(best.centroids)
                })
        }
        return Outcome(centroids: best.centroids, inertia: best.inertia, rankings: rankings, tally: tally)
    }

    private func step(
        _ coordinator: inout SecureLloyd.Coordinator, _ participants: [SecureLloyd.Participant],
        _ cohorts: CohortSummation, _ tally: inout SumTally
    ) throws(FederationFailure) -> Double {
        let centroids = coordinator.centroids
        var gate = CountGate(slots: lloyd.clusters, minimum: 3, colluders: colluders, dropouts: 0)
        let everybody = Array(participants.indices)
        var votes: [Upload] = []
        for participant in participants {
            let ranking = try FederationFailure.learning { () throws(LearningFailure) in
                try participant.ranking(centroids)
            }
            votes.append(
                try FederationFailure.gate { () throws(GateRefusal) in try gate.vote(for: ranking[0]) })
        }
        let counted = try cohorts.sum(over: everybody, votes, bits: 24, rounding: .nearest)
        tally.add(counted.tally, over: everybody.count)
        let permission = try FederationFailure.gate { () throws(GateRefusal) in try gate.absorb(counted.sum) }
        var uploads: [Upload] = []
        for company in counted.survivors {
            uploads.append(
                try FederationFailure.clustering { () throws(ClusterFailure) in
                    try participants[company].upload(centroids, permission: permission)
                })
        }
        let summed = try cohorts.sum(
            over: counted.survivors, uploads, bits: 40, rounding: .nearest,
            survivors: SurvivorDemand(permission.counted - permission.dropouts))
        tally.add(summed.tally, over: counted.survivors.count)
        return try FederationFailure.clustering { () throws(ClusterFailure) in
            try coordinator.absorb(summed.sum, permission: permission)
        }
    }
}
