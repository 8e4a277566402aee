internal import ArgumentParser
internal import SecAggSimulation

/// `party`: one party of `simulate --processes`; started by it, not by people.
struct Party: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "party", abstract: "One process of simulate --processes.", shouldDisplay: false)

    @Option(name: .long) var seed: UInt64
    @Option(name: .long) var id: Int
    @Option(name: .long) var life: UInt64
    @Option(name: .long) var directory: String
    @Option(name: .long) var clients: Int
    @Option(name: .long) var dimension: Int
    @Option(name: .long) var step: UInt64
    @Option(name: .long) var backend = SimulatedSum.masking.rawValue

    func validate() throws {
        guard clients >= 4, dimension >= 1, (0...clients).contains(id), step >= 1,
            SimulatedSum(rawValue: backend) != nil
        else {
            throw ValidationError("not what simulate --processes says")
        }
    }

    func run() throws {
        let terms = ProcessTerms(
            seed: seed, participants: clients, dimension: dimension, stepMilliseconds: step,
            sum: SimulatedSum(rawValue: backend) ?? .masking)
        let status = PartyProcess.run(terms, id: id, directory: directory, life: life)
        if status != 0 { throw ExitCode(status) }
    }
}
