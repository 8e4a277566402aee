/// A party that runs the real node and changes what it says.
protocol FrameAdversary: AnyObject {
    /// Reads what comes in.
    func observe(_ frame: SimulatedFrame, in world: SimulatedWorld)
    /// What goes out in the place of an honest frame.
    func rewrite(_ frame: SimulatedFrame, in world: SimulatedWorld) -> [SimulatedFrame]
}

extension FrameAdversary {
    /// The frame with another body, signed again where the simulator has the sender's key.
    func changed(
        _ frame: SimulatedFrame, _ world: SimulatedWorld, _ change: (inout [UInt8]) -> Void
    ) -> SimulatedFrame {
        with(world.cast.resigned(frame.bytes, change) ?? frame.bytes, frame)
    }

    /// Other bytes on the frame's way.
    func with(_ bytes: [UInt8], _ frame: SimulatedFrame) -> SimulatedFrame {
        SimulatedFrame(from: frame.from, to: frame.to, bytes: bytes)
    }
}

extension CoordinatorAdversary: FrameAdversary {}
extension ParticipantAdversary: FrameAdversary {}

extension SimulatedSum {
    /// A lying coordinator of this kind of sum.
    func coordinatorAdversary(_ terms: SimulatedTerms) -> any FrameAdversary {
        switch self {
        case .masking: CoordinatorAdversary(terms)
        case .paillier: SumCoordinatorAdversary(terms)
        }
    }

    /// A participant of this kind of sum that works for the adversary.
    func participantAdversary(_ process: SimulatedProcess, _ terms: SimulatedTerms) -> any FrameAdversary {
        switch self {
        case .masking: ParticipantAdversary(process.peer, terms)
        case .paillier: SumParticipantAdversary(process.peer, terms)
        }
    }
}
