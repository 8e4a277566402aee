import CryptoPrimitives
import RingVectors
import RoundProtocol
import Testing
import WireFormat

@testable import SecureAggregation

/// Sessions on a sparse ring: the sum is exact with dropouts, and a survivor set that empties a window is refused.
@Suite(.serialized) struct RegularGraphSessionPropertyTests {
    static func terms() throws -> (ProtocolBench.Terms, Plan) {
        let plan = try Planner.plan(
            PlanRequest(
                participants: 160, colluders: 8, dropouts: Dropouts(early: 6), dimension: 5, valueBound: 1_000,
                neighbours: .auto, server: .curious, requestedBits: 21))
        var terms = ProtocolBench.Terms()
        terms.participants = 160
        terms.colluders = plan.colluders
        terms.rule = .explicit(plan.shamirThreshold)
        terms.graph = plan.graph
        terms.shareCheck = .onFailure
        terms.dimension = 5
        terms.rounds = 1
        return (terms, plan)
    }

    @Test func aFewDropoutsAndAnEmptyWindow() throws {
        let (terms, plan) = try Self.terms()
        guard case .regular(let neighbours, let floor) = plan.graph else {
            Issue.record("the plan is not sparse: \(plan.graph)")
            return
        }
        #expect(neighbours < 158)
        let bench = try ProtocolBench(terms)
        bench.withholding = [3, 77, 120, 159]
        try bench.setUp()
        try Self.expectTheRing(of: try bench.session, neighbours: neighbours)
        bench.holding = [.survivors, .acknowledgement]
        try bench.announce { $0.minimumSurvivors = plan.minimumSurvivors }
        bench.settle(until: .survivors)
        try Self.refuseAnEmptyWindow(bench, neighbours: neighbours, floor: floor, fewest: plan.minimumSurvivors)
        bench.release()
        bench.expectExact((0..<160).filter { ![3, 77, 120, 159].contains($0) })
        #expect(bench.outcome?.dropped.map(\.rawValue) == [3, 77, 120, 159])
        #expect(bench.outcomes.count >= 156)
    }

    /// Neighbours, holders and the two orders, against the ring written out.
    private static func expectTheRing(of session: Session, neighbours: Int) throws {
        let ring = RingOrder.seats(ids: session.ids, nonces: session.advertisements.map(\.nonce))
        #expect(session.ringOrder == ring)
        for (position, seat) in ring.enumerated() {
            let around = (-neighbours / 2...neighbours / 2).map { ring[(position + $0 + ring.count) % ring.count] }
            #expect(session.holdersAlongRing(of: seat) == around)
            #expect(session.holders(of: seat) == around.sorted())
            #expect(session.holderSet(of: seat).indices == around.sorted())
            #expect(session.neighbours(of: seat) == around.filter { $0 != seat }.sorted())
        }
    }

    /// Holders of one dealer who open wrong shares: one set of holders serves many dealers in a row, and still every wrong share
    /// is left out and the sum exact.
    @Test(arguments: [1, 30]) func wrongShares(liars: Int) throws {
        let (terms, plan) = try Self.terms()
        let bench = try ProtocolBench(terms)
        bench.withholding = [3, 77]
        var lies: [UInt32: Int] = [:]
        bench.mangle = { [unowned bench] message in
            guard message.type == .unmaskShares, lies[message.from.rawValue] != nil || lies.count < liars else {
                return [message]
            }
            lies[message.from.rawValue, default: 0] += 1
            var changed = message
            changed.bytes = (try? bench.resign(message.bytes) { $0[36 + 4] ^= 1 }) ?? []
            return [changed]
        }
        try bench.setUp()
        try bench.announce { $0.minimumSurvivors = plan.minimumSurvivors }
        bench.settle()
        bench.expectExact((0..<160).filter { ![3, 77].contains($0) })
        #expect(lies.count == liars)
        let refusals = bench.server.machine.refusals
        #expect(refusals.allSatisfy { $0.code == .reconstructionFailed } && (liars == 1 || !refusals.isEmpty))
    }

    /// Empties one window of k/2 positions down to w survivors: enough in all for the configuration, and refused.
    private static func refuseAnEmptyWindow(
        _ bench: ProtocolBench, neighbours: Int, floor: Int, fewest: Int
    ) throws {
        let honest = try bench.held(.survivors, to: 0)
        let ring = RingOrder.seats(ids: try bench.session.ids, nonces: try bench.session.advertisements.map(\.nonce))
        let window = ring[..<(neighbours / 2)].dropFirst(floor)
        let gone = Set(window.map { PeerID(rawValue: UInt32($0)) })
        let holed = try bench.survivors(like: honest) { $0.removeAll { gone.contains($0.header.sender) } }
        let list = try SurvivorList(decoding: Frame(holed).body, participants: 160)
        try #require(list.inputs.count >= fewest, "the count alone would let it pass")
        #expect(try !bench.session.admits(list.agreement.survivors))
        let reader = try #require(ring[neighbours...].first { !bench.withholding.contains($0) })
        bench.expectRefusal(.tooFewSurvivors, holed, by: reader, blaming: .coordinator)
        // From everybody, w + 1 survivors in the window are enough, and w are not.
        var seats = Set(0..<160).subtracting(window)
        #expect(try !bench.session.admits(Bitmap(count: 160, indices: seats.sorted())))
        seats.insert(try #require(window.first))
        #expect(try bench.session.admits(Bitmap(count: 160, indices: seats.sorted())))
    }

    @Test func aSparseGraphThatThePolicyDoesNotKnow() throws {
        let (terms, _) = try Self.terms()
        let bench = try ProtocolBench.upTo(.epochProposal, terms, policy: { $1.regularGraphSecurity = nil })
        bench.expectRefusal(.policyViolation, try bench.held(.epochProposal, to: 0), by: 0, blaming: .coordinator)
    }

    /// What a client computes itself: fewer neighbours, a lower floor or threshold than its policy's exponent allows.
    @Test func aGraphThatIsTooThin() throws {
        let (honest, plan) = try Self.terms()
        guard case .regular(let neighbours, let floor) = plan.graph else { return }
        let thinner: [(String, AggregationGraph, Int)] = [
            (
                "fewer neighbours", .regular(neighbours: neighbours / 2 / 2 * 2, windowFloor: floor),
                plan.shamirThreshold
            ),
            ("lower floor", .regular(neighbours: neighbours, windowFloor: floor - 1), plan.shamirThreshold),
            ("lower threshold", .regular(neighbours: neighbours, windowFloor: floor), plan.shamirThreshold - 1),
            ("odd", .regular(neighbours: neighbours - 1, windowFloor: floor), plan.shamirThreshold),
            ("none", .regular(neighbours: 0, windowFloor: 0), plan.shamirThreshold),
            ("all but one", .regular(neighbours: 1_000, windowFloor: floor), plan.shamirThreshold),
        ]
        let bench = try ProtocolBench.upTo(.advertiseList, honest)
        let frames = try AdvertiseList.frames(in: Frame(bench.held(.advertiseList, to: 0)).body, limit: 160)
        let proposal = try EpochProposal(decoding: Frame(bench.sent(.epochProposal, from: .coordinator)).body)
        let digest = try Frame(bench.sent(.epochProposal, from: .coordinator)).digest
        for (kind, graph, threshold) in thinner {
            var changed = proposal
            (changed.graph, changed.thresholdRule) = (graph, .explicit(threshold))
            #expect(throws: Abort(.thresholdTooLow, .advertise, peer: .coordinator), "\(kind)") {
                _ = try Session(
                    proposal: changed, proposalDigest: digest, firstRound: 1, frames: frames, roster: bench.roster,
                    regularGraphSecurity: ServerModel.curious.securityBits)
            }
        }
        #expect(throws: Abort(.policyViolation, .advertise, peer: .coordinator)) {
            _ = try Session(
                proposal: proposal, proposalDigest: digest, firstRound: 1, frames: frames, roster: bench.roster,
                regularGraphSecurity: nil)
        }
    }
}
