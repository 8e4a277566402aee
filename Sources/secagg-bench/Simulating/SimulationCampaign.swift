internal import CryptoPrimitives
internal import Foundation
internal import RoundProtocol
internal import SecAggSimulation
internal import Synchronization

/// Many seeds on all processors, added up in the order of the seeds.
struct SimulationCampaign {
    let from: UInt64
    let seeds: Int
    /// From one seed to the next.
    let stride: UInt64
    /// Nil takes the modes by turns.
    let mode: SimulationMode?
    var sum = SimulatedSum.masking

    struct Outcome: Sendable {
        var failures: [SimulationReport] = []
        var faults = FaultCounts()
        var opened = 0
        var givenUp = 0
        var events = 0
        var evidence = 0
        var firstEvidence: (EvidenceFile, RosterFile)?
        private var chain = Digest(Bytes32())

        /// A digest over the traces of all runs, in hexadecimal digits.
        var trace: String {
            chain.value.bytes.map { byte in
                let text = String(byte, radix: 16)
                return text.count == 1 ? "0" + text : text
            }.joined()
        }

        mutating func add(_ report: SimulationReport) {
            if !report.violations.isEmpty { failures.append(report) }
            faults.add(report.faults)
            opened += report.opened
            givenUp += report.givenUp
            events += report.events
            evidence += report.evidence.count
            if firstEvidence == nil, let file = report.evidence.first { firstEvidence = (file, report.roster) }
            chain = Blake2b.hash(chain.value.bytes + report.trace.value.bytes, Personalisation("SecAggSim chain"))
        }
    }

    /// Runs the seeds in stretches, so that memory does not grow with their number.
    func run() -> Outcome {
        var outcome = Outcome()
        let stretch = 64
        for start in Swift.stride(from: 0, to: seeds, by: stretch) {
            let count = min(stretch, seeds - start)
            let reports = Mutex<[Int: SimulationReport]>([:])
            DispatchQueue.concurrentPerform(iterations: count) { index in
                let seed = from &+ UInt64(start + index) &* stride
                let report = Simulation.run(seed: seed, mode: mode ?? .rotating(seed), sum: sum)
                reports.withLock { $0[index] = report }
            }
            let finished = reports.withLock { $0 }
            for index in 0..<count {
                if let report = finished[index] { outcome.add(report) }
            }
            Terminal.progress("\(start + count) of \(seeds) runs, \(outcome.failures.count) broke a promise")
        }
        Terminal.endProgress()
        return outcome
    }
}
