internal import CryptoPrimitives
internal import RoundProtocol
internal import SecureFederation

/// Links between the coordinator and everybody else.
///
/// Source: simulation section 2
extension SimulatedWorld {
    /// Puts a frame on its link, with whatever the link does to it.
    func transmit(_ frame: SimulatedFrame) {
        note(frame, 1)
        let link = Link(from: frame.from, to: frame.to)
        if strikes(.partition) {
            blocked[link] = now + faultChance.between(100, 2_500)
            if faultChance.happens(500) { blocked[Link(from: frame.to, to: frame.from)] = blocked[link] }
        }
        if let until = blocked[link] {
            if now < until { return }
            blocked[link] = nil
        }
        remember(frame)
        if strikes(.drop) { return }
        var frame = frame
        if strikes(.bitFlip), !frame.bytes.isEmpty {
            let bit = faultChance.below(8 * frame.bytes.count)
            frame.bytes[bit / 8] ^= 1 << UInt8(bit % 8)
        }
        if strikes(.truncation), !frame.bytes.isEmpty {
            frame.bytes.removeLast(1 + faultChance.below(frame.bytes.count))
        }
        push(frame)
        if strikes(.duplicate) { push(frame) }
        if strikes(.wrongPeer) {
            let other = frame.to == .coordinator ? frame.from : faultChance.pick(participants).peer
            push(SimulatedFrame(from: frame.from, to: other, bytes: frame.bytes))
        }
        if strikes(.replay) {
            let old = faultChance.pick(past)
            push(SimulatedFrame(from: old.from, to: old.to, bytes: old.bytes))
        }
    }

    private func push(_ frame: SimulatedFrame) {
        var delay = chance.between(1, 10)
        if strikes(.delay) { delay += faultChance.between(1, 400) }
        var time = now + delay
        if keepsOrder {
            let link = Link(from: frame.from, to: frame.to)
            time = max(time, arrivals[link] ?? 0)
            arrivals[link] = time
        }
        queue.push(.deliver(frame), at: time)
    }

    /// Frames for replays: a few hundred, of all rounds.
    private func remember(_ frame: SimulatedFrame) {
        if past.count < 256 {
            past.append(frame)
        } else {
            past[chance.below(256)] = frame
        }
    }

    /// Hands a frame to the process, if it runs.
    func deliver(_ frame: SimulatedFrame) {
        let process = process(frame.to)
        guard process.isUp else { return }
        note(frame, 2)
        let instant = process.clock(now)
        if frame.to == .coordinator {
            if let adversary { adversary.observe(frame, in: self) }
            guard let host = process.coordinator else { return }
            carryOut(process) { () throws(Abort) in try host.receive(frame.bytes, at: instant) }
            return
        }
        guard let host = process.participant else { return }
        process.misbehaviour?.observe(frame, in: self)
        let before = said(process)
        let commits = process.disk.commits
        let outcome = carryOut(process) { () throws(Abort) in try host.receive(frame.bytes, at: instant) }
        if outcome == nil {
            guard process.isUp, process.disk.commits == commits else { return }
            witness.check(refusal: process, before: before, after: said(process))
        } else if frame.type == .acknowledgement, process.misbehaviour == nil {
            witness.acknowledged(process.peer, frame.bytes)
        }
    }

    /// What a participant would say again; a refused frame changes nothing of it.
    private func said(_ process: SimulatedProcess) -> [[UInt8]] {
        guard let host = process.participant, let outcome = try? host.resume() else { return [] }
        return outcome.frames.map(\.frame.bytes)
    }
}
