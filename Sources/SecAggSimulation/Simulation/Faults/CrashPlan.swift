internal import RoundProtocol

/// One end of one process at a counted point of a run.
///
/// Source: simulation section 3
struct CrashPlan {
    enum Point {
        /// At the so-manyth commit of the party, from 0.
        case commit(Int, SimulatedDisk.Stop)
        /// Before the so-manyth frame of the party, from 0.
        case send(Int)
    }

    let peer: PeerID
    let point: Point

    var kind: FaultKind {
        switch point {
        case .send: .crashWhileSending
        case .commit(_, .beforeWrite): .crashBeforeWrite
        case .commit(_, .beforeSync): .crashAfterWrite
        case .commit(_, .afterSync): .crashAfterSync
        case .commit(_, .refused): .failedWrite
        }
    }
}
