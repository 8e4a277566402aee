import CryptoPrimitives
import RoundProtocol
import SecureAggregation
import Testing
import WireFormat

@testable import SecAggSimulation

/// Rings: the witness's plain rules against the library's, and what it must not see opened.
@Suite struct SparseRingPropertyTests {
    static let session = Blake2b.hash([1], Personalisation("test session"))
    static let config = Blake2b.hash([2], Personalisation("test config"))
    static let ids = (0..<10).map { PeerID(rawValue: UInt32($0)) }

    /// Windows and neighbours as `RegularGraph` has them, for every subset of every ring that is drawn.
    @Test(arguments: [(8, 4, 0), (8, 6, 1), (9, 4, 0), (9, 6, 1), (10, 6, 0), (10, 6, 1)])
    func plainRulesAgree(participants: Int, neighbours: Int, colluders: Int) throws {
        let graph = try RegularGraph(
            checking: neighbours, windowFloor: colluders, threshold: 2, participants: participants,
            colluders: colluders, securityBits: 104)
        var chance = SimulatedChance(seed: UInt64(participants), stream: 9)
        var order = Array(Self.ids.prefix(participants))
        for place in order.indices { order.swapAt(place, place + chance.below(order.count - place)) }
        let ring = SimulatedRing(order: order, reach: neighbours / 2)
        for first in order.indices {
            for second in order.indices where first != second {
                #expect(ring.holds(order[first], of: order[second]) == graph.areLinked(first, second))
            }
        }
        for bits in 0..<(1 << participants) {
            let alive = order.indices.map { bits >> $0 & 1 == 1 }
            let members = Set(order.indices.filter { alive[$0] }.map { order[$0] })
            let isAdmitted = ring.fewestInWindow(members) > colluders
            #expect(isAdmitted == graph.admits(survivorsInRingOrder: alive))
            // What the window rule is for: whoever of an admitted set colludes, masks tie the others together.
            guard isAdmitted, colluders == 1 else { continue }
            for one in members { #expect(ring.isConnected(members.subtracting([one]))) }
        }
    }

    @Test func groupsWithoutAMaskInCommon() {
        let ring = SimulatedRing(order: Self.ids, reach: 2)
        #expect(ring.isConnected(Set(Self.ids)))
        #expect(ring.isConnected([Self.ids[0], Self.ids[2], Self.ids[4]]))
        #expect(!ring.isConnected([Self.ids[0], Self.ids[1], Self.ids[5], Self.ids[6]]))
        #expect(ring.window(from: Self.ids[9]) == [Self.ids[9], Self.ids[0]])
        #expect(ring.fewestInWindow(Set(Self.ids).subtracting([Self.ids[9], Self.ids[0]])) == 0)
    }

    /// A witness of ten on a ring, and what honest participants sign and open.
    private struct Scene {
        let cast: SimulatedCast
        let witness: Witness

        init(corrupt: Set<PeerID> = []) throws {
            var terms = SimulatedTerms(fourWithSeed: 3)
            (terms.participants, terms.neighbours) = (10, 6)
            cast = try SimulatedCast(terms)
            witness = Witness(terms, cast, checksMasks: true)
            witness.sessions[session] = ids
            witness.rings[session] = SimulatedRing(order: ids, reach: 3)
            witness.corrupt = corrupt
        }

        func open(_ seats: [Int], by holders: [PeerID], of dealers: [PeerID], round: UInt64) {
            let set = Agreement(configDigest: config, survivors: Bitmap(count: 10, indices: seats), root: config)
            for peer in ids { send(.survivorStatement, from: peer, round, set.encoded()) }
            let shares = UnmaskShares(
                agreementDigest: set.digest(session: session, round: round), shares: dealers.map { ($0, Bytes32()) })
            for peer in holders { send(.unmaskShares, from: peer, round, shares.encoded()) }
        }

        private func send(_ type: FrameType, from peer: PeerID, _ round: UInt64, _ body: [UInt8]) {
            let header = FrameHeader(type, sender: peer, session: session, round: round)
            witness.sent(
                SimulatedFrame(from: peer, to: .coordinator, bytes: cast.forged(header, body)), life: Int(round))
        }

        var checks: Set<SimulationCheck> { Set(witness.violations.map(\.check)) }
    }

    @Test func emptyWindowsAndSplitGraphs() throws {
        let sound = try Scene()
        sound.open([0, 1, 2, 4, 5, 6, 7, 8, 9], by: [1], of: [0], round: 1)
        #expect(sound.checks.isEmpty)
        // Three of ten are gone, side by side: enough are left in all.
        sound.open([3, 4, 5, 6, 7, 8, 9], by: [4], of: [3], round: 2)
        #expect(sound.checks == [.tooFewSurvivors])
        let split = try Scene()
        split.open([0, 1, 5, 6], by: [1], of: [0], round: 1)
        #expect(split.checks == [.tooFewSurvivors, .splitGraph])
    }

    /// The adversary's member counts where it holds a share: among the dealer's neighbours.
    @Test func onlyNeighboursHoldShares() throws {
        for (member, isNeighbour) in [(PeerID(rawValue: 2), true), (PeerID(rawValue: 5), false)] {
            let scene = try Scene(corrupt: [member])
            scene.witness.note(Self.ids[0], isSelf: true, Self.ids[1], .init(session: Self.session, round: 1))
            scene.witness.note(Self.ids[0], isSelf: false, Self.ids[9], .init(session: Self.session, round: 1))
            #expect(scene.checks == (isNeighbour ? [.bothSecrets] : []), "\(member)")
        }
    }
}
