internal import CryptoPrimitives
internal import DurableState
internal import RoundProtocol
internal import SecureFederation

/// Processes that run, end and start again.
///
/// Source: simulation section 2
extension SimulatedWorld {
    /// Calls a node, which may end inside the call, and sends what it wants sent; nil when it threw.
    @discardableResult
    func carryOut(_ process: SimulatedProcess, _ body: () throws(Abort) -> NodeOutcome) -> NodeOutcome? {
        arm(process)
        let outcome: NodeOutcome
        do throws(Abort) {
            outcome = try body()
        } catch {
            process.disk.disarm()
            witness.stored(process)
            if process.disk.hasFailed {
                for kind in process.armed { counts.note(kind) }
                end(process)
            } else if process.misbehaviour == nil, process.peer != .coordinator {
                witness.refused(process.peer, error)
            }
            return nil
        }
        process.disk.disarm()
        witness.stored(process)
        emit(outcome, by: process)
        return outcome
    }

    /// Decides before a call where it will be cut off; counted when it is.
    private func arm(_ process: SimulatedProcess) {
        process.armed = []
        armPlanned(process)
        guard faults.hasCrashes else { return }
        let place = faultChance.below(2)
        if draws(.crashBeforeWrite, process) {
            process.disk.arm(.beforeWrite, after: place)
        } else if draws(.crashAfterWrite, process) {
            let isLost = draws(.lostWrite, process) || draws(.tornWrite, process)
            process.disk.arm(.beforeSync(isKept: !isLost), after: place)
        } else if draws(.crashAfterSync, process) {
            process.disk.arm(.afterSync, after: place)
        } else if draws(.failedWrite, process) {
            process.disk.arm(.refused, after: place)
        } else if draws(.crashWhileSending, process) {
            process.sendsLeft = faultChance.below(terms.participants + 2)
        }
    }

    private func draws(_ kind: FaultKind, _ process: SimulatedProcess) -> Bool {
        guard faultChance.happens(faults[kind]) else { return false }
        process.armed.append(kind)
        return true
    }

    /// Exhaustive runs: the plans say at which commit or frame of which party the end comes.
    private func armPlanned(_ process: SimulatedProcess) {
        for plan in crashPlans where plan.peer == process.peer {
            switch plan.point {
            case .commit(let number, let stop) where number >= process.disk.commits:
                process.disk.arm(stop, after: number - process.disk.commits)
                process.armed = [plan.kind]
                return
            case .send(let number) where number >= process.sends:
                process.sendsLeft = number - process.sends
                process.armed = [plan.kind]
                return
            default: continue
            }
        }
    }

    /// Sends a node's frames, one by one, as its process would.
    private func emit(_ outcome: NodeOutcome, by process: SimulatedProcess) {
        let isServer = process.peer == .coordinator
        if isServer, let deadline = outcome.deadline {
            let shown = Int64(clamping: deadline.milliseconds) - process.clockOffset
            let time = max(now + 1, UInt64(max(0, shown)))
            queue.push(.deadline(incarnation: process.incarnation), at: time)
        }
        for (peer, frame) in outcome.frames {
            if let left = process.sendsLeft {
                if left == 0 {
                    note(process.peer, 5)
                    counts.note(.crashWhileSending)
                    process.sends += 1
                    end(process)
                    break
                }
                process.sendsLeft = left - 1
            }
            process.sends += 1
            send(SimulatedFrame(from: process.peer, to: peer, bytes: frame.bytes), by: process)
        }
        process.sendsLeft = nil
        if let opened = outcome.outcome { witness.opened(opened, by: process) }
        if isServer {
            if let opened = outcome.outcome { noteOpened(opened) }
            if outcome.abort != nil { noteGivenUp() }
            askForOrchestration(after: 20)
        } else if let abort = outcome.abort, process.misbehaviour == nil {
            witness.refused(process.peer, abort)
        }
        if let request = outcome.inputRequest, process.isUp, !isServer {
            queue.push(
                .trained(Int(process.peer.rawValue), request, incarnation: process.incarnation),
                at: now + chance.between(2, 60))
        }
    }

    /// An honest frame is noted and sent; the adversary's is changed first.
    private func send(_ frame: SimulatedFrame, by process: SimulatedProcess) {
        if process.peer == .coordinator, let adversary {
            witness.heard(frame)
            for changed in adversary.rewrite(frame, in: self) { say(changed, isHonest: false) }
        } else if let misbehaviour = process.misbehaviour {
            for changed in misbehaviour.rewrite(frame, in: self) { say(changed, isHonest: false) }
        } else {
            say(frame, isHonest: true)
        }
    }

    /// Puts a frame on the wire, where everybody is assumed to read it.
    func say(_ frame: SimulatedFrame, isHonest: Bool) {
        if isHonest { witness.sent(frame, life: process(frame.from).life) } else { witness.heard(frame) }
        transmit(frame)
    }

    /// The process is gone; a new one comes up after a while.
    func end(_ process: SimulatedProcess) {
        guard process.isUp else { return }
        note(process.peer, 3)
        process.stop()
        if process.peer == .coordinator { spool.crash() }
        queue.push(.restart(process.peer), at: now + (crashPlans.isEmpty ? faultChance.between(30, 900) : 50))
    }

    /// A new process, from whatever the disk shows it.
    func restart(_ process: SimulatedProcess) {
        guard !process.isUp else { return }
        note(process.peer, 4)
        if strikes(.restartWithoutState) {
            loseState(process)
            start(process, .faithful)
        } else if strikes(.restartWithOldState) || strikes(.staleVersion) {
            // Only a participant's store may fail to notice: a coordinator's promises rest on its disk.
            start(process, .stale(isNoticed: process.peer == .coordinator || faultChance.happens(300)))
        } else if strikes(.bitRot) {
            if process.peer == .coordinator, faultChance.happens(500), spool.rot(&faultChance) {
                start(process, .faithful)
            } else {
                start(process, .rotten(at: faultChance.below(1 << 20)))
            }
        } else {
            start(process, .faithful)
        }
    }

    /// The operator begins with an empty disk: the ledger of this company is gone, and its checks begin anew.
    func loseState(_ process: SimulatedProcess) {
        process.loseDisk()
        if process.peer == .coordinator { spool.wipe() }
    }

    func start(_ process: SimulatedProcess, _ reading: SimulatedDisk.Reading) {
        process.incarnation += 1
        witness.sums?.incarnations[process.peer] = process.incarnation
        process.disk.start(reading)
        do throws(Abort) {
            if process.peer == .coordinator {
                process.coordinator = try backend.coordinator(
                    store: process.disk, spool: spool, incarnation: process.incarnation)
            } else {
                process.participant = try backend.participant(
                    Int(process.peer.rawValue), store: process.disk, incarnation: process.incarnation)
            }
        } catch {
            witness.check(state: error, of: process, reading)
            // A disk that reads badly is looked at again; an operator that has seen it twice begins anew.
            if faultChance.happens(300) { loseState(process) }
            queue.push(.restart(process.peer), at: now + faultChance.between(30, 300))
            return
        }
        (process.nudgedStage, process.nudgeInterval) = (nil, 300)
        queue.push(.nudge(process.peer, incarnation: process.incarnation), at: now + 200)
        guard process.incarnation > 1 else { return }
        resume(process)
        if process.peer == .coordinator { askForOrchestration(after: 20) }
    }

    func resume(_ process: SimulatedProcess) {
        if let host = process.coordinator {
            carryOut(process) { () throws(Abort) in try host.resume() }
        } else if let host = process.participant {
            carryOut(process) { () throws(Abort) in try host.resume() }
        }
    }
}
