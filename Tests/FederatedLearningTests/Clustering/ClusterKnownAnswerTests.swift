import Testing

@testable import FederatedLearning

@Suite struct ClusterKnownAnswerTests {
    static func points() -> [[Double]] {
        (0..<30).map { i in
            zip(sample(4, 200 + i), [i % 3 == 0 ? 0.7 : 0, i % 3 == 1 ? 0.6 : 0, 0, 0]).map { $0 * 0.5 + $1 }
        }
    }

    @Test func secureLloydIsLloydWhenNoClusterCloses() throws {
        let terms = SecureLloyd(dimension: 4, clusters: 3, bound: 1)
        let points = Self.points()
        let parties = try points.map { try SecureLloyd.Participant(terms, embedding: $0) }
        var coordinator = try SecureLloyd.Coordinator(terms, centroids: [points[0], points[3], points[4]])
        var gate = CountGate(slots: 3, minimum: 3, colluders: 0, dropouts: 0)
        var inertias: [Double] = []
        for _ in 0..<6 {
            gate.reset()
            let centroids = coordinator.centroids
            let votes = try parties.map { try gate.vote(for: $0.ranking(centroids)[0]) }
            let permission = try gate.absorb(clearSum(votes))
            #expect(permission.open == [0, 1, 2])
            let uploads = try parties.map { try $0.upload(centroids, permission: permission) }
            try coordinator.absorb(clearSum(uploads), permission: permission)
            inertias.append(coordinator.inertia ?? -1)
        }
        #expect(distance(coordinator.centroids.flatMap { $0 } + inertias, ClusterKnownAnswers.lloyd) < 1e-12)
    }

    @Test func pairwiseSharesAreTheScripts() throws {
        let models = (0..<6).map { k in sample(5, 300 + k).map { $0 * 0.9 + (k == 5 ? 3 : 0) } }
        let gram = models.flatMap { a in models.map { b in zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } } }
        let rule = PairwiseCollaboration(pull: 0.12, width: 0.5, cap: 0.3)
        let shares = try rule.shares(gram: gram, companies: 6)
        #expect(distance(shares.flatMap { $0 }, ClusterKnownAnswers.shares) < 1e-12)
        #expect(shares[5] == [0, 0, 0, 0, 0, 1])
    }
}
