internal import CryptoPrimitives
internal import RoundProtocol
internal import SecureAggregation

/// Who stands beside whom on a session's ring, worked out from the nonces with the plainest rule: the oracle of the
/// sparse graph.
///
/// Source: simulation section 4
struct SimulatedRing {
    /// Participants in ring order.
    let order: [PeerID]
    /// Neighbours on either side, k/2.
    let reach: Int

    init(order: [PeerID], reach: Int) {
        self.order = order
        self.reach = reach
    }

    /// The ring of a list of advertisements; nil when one of them is none.
    init?(_ frames: [Frame], rounds: Int, neighbours: Int) {
        let ids = frames.map(\.header.sender)
        let nonces = frames.compactMap { try? Advertisement($0, rounds: rounds).nonce }
        guard nonces.count == ids.count else { return nil }
        self.init(order: RingOrder.seats(ids: ids, nonces: nonces).map { ids[$0] }, reach: neighbours / 2)
    }

    /// Whether one holds shares of the other's secrets and a mask in common with it; a dealer keeps its own share.
    func holds(_ holder: PeerID, of dealer: PeerID) -> Bool {
        guard let first = order.firstIndex(of: holder), let second = order.firstIndex(of: dealer) else { return false }
        let distance = abs(first - second)
        return min(distance, order.count - distance) <= reach
    }

    /// The fewest of these that any k/2 positions in a row hold.
    func fewestInWindow(_ members: Set<PeerID>) -> Int {
        order.indices.map { start in
            (0..<reach).count { members.contains(order[(start + $0) % order.count]) }
        }.min() ?? 0
    }

    /// Whether masks tie all of these together, over one another alone.
    func isConnected(_ members: Set<PeerID>) -> Bool {
        guard let first = members.min() else { return true }
        var reached: Set<PeerID> = [first]
        var edge = [first]
        while let next = edge.popLast() {
            for other in members where !reached.contains(other) && holds(other, of: next) {
                reached.insert(other)
                edge.append(other)
            }
        }
        return reached.count == members.count
    }

    /// The members of the window that begins with one of them.
    func window(from peer: PeerID) -> Set<PeerID> {
        guard let start = order.firstIndex(of: peer) else { return [] }
        return Set((0..<reach).map { order[(start + $0) % order.count] })
    }
}
