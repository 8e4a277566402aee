internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol

/// One party's computer: its disk, its clock, and the process that runs or has ended.
final class SimulatedProcess {
    let peer: PeerID
    private(set) var disk: SimulatedDisk
    var participant: (any ParticipantHost)?
    var coordinator: (any CoordinatorHost)?
    /// Processes started so far.
    var incarnation = 0
    /// Disks lost so far: what was said before is forgotten, and nobody can hold it against the next life.
    private(set) var life = 0
    private let folder: SimulatedFolder?
    /// Milliseconds by which the clock is ahead.
    var clockOffset: Int64 = 0
    /// The stage at the last nudge, and how long to wait until the next.
    var nudgedStage: Stage?
    var nudgeInterval: UInt64 = 300
    /// Frames to be sent before the process ends, when that is armed.
    var sendsLeft: Int?
    /// What is to strike in the present call.
    var armed: [FaultKind] = []
    /// Frames sent by this party so far.
    var sends = 0
    /// What was handed in last, for an application that hands it in again.
    var lastInput: (input: PackedVector, token: Bytes32)?
    /// What a participant that works for the adversary does to its frames.
    var misbehaviour: (any FrameAdversary)?

    /// A party whose disk is in memory, or a part of a folder.
    init(_ peer: PeerID, in folder: SimulatedFolder? = nil) {
        self.peer = peer
        self.folder = folder
        disk = Self.emptyDisk(peer, life: 0, folder)
    }

    /// The operator begins with an empty disk.
    func loseDisk() {
        life += 1
        disk = Self.emptyDisk(peer, life: life, folder)
    }

    private static func emptyDisk(_ peer: PeerID, life: Int, _ folder: SimulatedFolder?) -> SimulatedDisk {
        SimulatedDisk(files: folder.map { FiledRecords(path: $0.path + "/\(peer.rawValue)-\(life)") })
    }

    var isUp: Bool { participant != nil || coordinator != nil }
    var stage: Stage? { participant?.expectedStage ?? coordinator?.expectedStage }

    func stop() {
        participant = nil
        coordinator = nil
        sendsLeft = nil
    }

    func clock(_ now: UInt64) -> Instant {
        let shown = Int64(now) + clockOffset
        return Instant(milliseconds: UInt64(max(0, shown)))
    }
}
