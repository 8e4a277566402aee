internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol
internal import SecureFederation

/// What stands above the nodes: an application that opens rounds, others that train, timers that say things again.
///
/// Source: simulation section 1
extension SimulatedWorld {
    func askForOrchestration(after delay: UInt64) {
        guard !isOrchestrationAsked else { return }
        isOrchestrationAsked = true
        queue.push(.orchestrate, at: now + delay)
    }

    /// Opens a round when a session stands, and an epoch when none does or after the faults have stopped.
    func orchestrate() {
        isOrchestrationAsked = false
        guard let host = server.coordinator else { return }
        let instant = server.clock(now)
        let isDue = healedAt != nil && !hasFreshEpoch
        switch host.expectedStage {
        case .announce where roundsLeft > 0 && !isDue:
            let parameters = terms.roundParameters(model: model, receipts: host.suggestedReceipts, at: instant)
            let number = nextRound
            let outcome = carryOut(server) { () throws(Abort) in try host.announce(round: number, parameters) }
            if outcome != nil || server.isUp {
                roundsLeft = outcome == nil ? 0 : roundsLeft - 1
                nextRound += 1
            }
            if outcome == nil { askForOrchestration(after: 40) }
        case .proposal, .announce:
            let (epoch, first) = (nextEpoch, nextRound)
            let outcome = carryOut(server) { () throws(Abort) in
                try host.open(epoch: epoch, firstRound: first, at: instant)
            }
            guard outcome != nil else {
                if server.isUp { (nextEpoch, nextRound) = (nextEpoch + 1, nextRound + 1) }
                return askForOrchestration(after: 40)
            }
            nextEpoch += 1
            roundsLeft = terms.roundsPerEpoch
            hasFreshEpoch = healedAt != nil
            model += 1
        default: return
        }
    }

    func noteOpened(_ outcome: RoundOutcome) {
        opened += 1
        model += 1
        if hasFreshEpoch, outcome.survivors.count == terms.participants { hasFreshSum = true }
    }

    /// A round that was given up is sometimes tried again on the same model, as applications do.
    func noteGivenUp() {
        givenUp += 1
        if chance.happens(600) || healedAt != nil { model += 1 }
    }

    /// A timer: the coordinator looks at its clock, and whoever has waited says again what it said last.
    func nudge(_ process: SimulatedProcess, _ incarnation: Int) {
        guard process.isUp, process.incarnation == incarnation else { return }
        if strikes(.clockJump) { process.clockOffset += Int64(faultChance.below(6_001)) - 3_000 }
        if let host = process.coordinator {
            let instant = process.clock(now)
            carryOut(process) { () throws(Abort) in try host.tick(at: instant) }
        }
        guard process.isUp else { return }
        if process.nudgedStage == process.stage {
            process.nudgeInterval = min(1_200, process.nudgeInterval * 2)
            resume(process)
        } else {
            process.nudgeInterval = 300
        }
        process.nudgedStage = process.stage
        guard process.isUp, process.incarnation == incarnation else { return }
        if process.peer == .coordinator { askForOrchestration(after: 20) }
        queue.push(.nudge(process.peer, incarnation: incarnation), at: now + process.nudgeInterval)
    }

    /// A trained update, drawn anew each time: after a crash an application trains again and gets something else.
    func submit(_ process: SimulatedProcess, _ request: InputRequest, _ incarnation: Int) {
        guard process.incarnation == incarnation, let host = process.participant else { return }
        let instant = process.clock(now)
        if let last = process.lastInput, last.input.count == Int(request.config.dimension), strikes(.repeatedInput) {
            witness.submitting(process.peer, last.input, last.token)
            carryOut(process) { () throws(Abort) in
                try host.submit(last.input, token: InputToken(number: last.token), at: instant)
            }
            return queue.push(.trained(Int(process.peer.rawValue), request, incarnation: incarnation), at: now + 20)
        }
        guard let input = drawInput() else { return }
        let token = drawToken()
        process.lastInput = (input, token)
        witness.submitting(process.peer, input, token)
        carryOut(process) { () throws(Abort) in
            try host.submit(input, token: InputToken(number: token), at: instant)
        }
    }

    private func drawInput() -> PackedVector? {
        let bound = terms.valueBound
        let values = (0..<terms.dimension).map { _ in Int64(chance.next() % (2 * bound + 1)) - Int64(bound) }
        guard let layout = try? LaneLayout(bits: terms.bits) else { return nil }
        return try? PackedVector(packing: values, layout: layout)
    }

    private func drawToken() -> Bytes32 {
        var hash = Blake2b(Personalisation("SecAggSim token"))
        hash.update(littleEndian: chance.next())
        hash.update(littleEndian: now)
        return hash.finalize().value
    }
}
