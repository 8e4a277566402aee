internal import RoundProtocol

/// A frame on its way.
struct SimulatedFrame {
    let from: PeerID
    let to: PeerID
    var bytes: [UInt8]

    /// The type that the header names; nil when there is none.
    var type: FrameType? { Self.type(of: bytes) }

    static func type(of bytes: [UInt8]) -> FrameType? {
        bytes.count >= 8 ? FrameType(rawValue: UInt16(bytes[6]) | UInt16(bytes[7]) << 8) : nil
    }
}

/// What happens next.
enum SimulatedEvent {
    case deliver(SimulatedFrame)
    case restart(PeerID)
    /// A process looks at its clock and says again what nobody has answered; only the incarnation that asked for it.
    case nudge(PeerID, incarnation: Int)
    /// The coordinator's clock reaches a deadline.
    case deadline(incarnation: Int)
    /// The coordinator's application opens what is to be opened.
    case orchestrate
    /// A participant has trained.
    case trained(Int, InputRequest, incarnation: Int)
    /// Faults stop.
    case heal
}

/// Events by time, and at one time in the order in which they were asked for: a binary heap.
struct EventQueue {
    private var heap: [(time: UInt64, order: UInt64, event: SimulatedEvent)] = []
    private var order: UInt64 = 0

    var count: Int { heap.count }

    mutating func push(_ event: SimulatedEvent, at time: UInt64) {
        heap.append((time, order, event))
        order += 1
        var child = heap.count - 1
        while child > 0, isBefore(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    mutating func pop() -> (time: UInt64, event: SimulatedEvent)? {
        guard !heap.isEmpty else { return nil }
        heap.swapAt(0, heap.count - 1)
        let last = heap.removeLast()
        var parent = 0
        while true {
            var first = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count && isBefore(child, first) {
                first = child
            }
            if first == parent { break }
            heap.swapAt(first, parent)
            parent = first
        }
        return (last.time, last.event)
    }

    private func isBefore(_ left: Int, _ right: Int) -> Bool {
        (heap[left].time, heap[left].order) < (heap[right].time, heap[right].order)
    }
}
