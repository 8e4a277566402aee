internal import ArgumentParser
internal import SecureAggregation
internal import SecureFederation

/// What `round` and `plan` ask of the planner.
struct SessionOptions: ParsableArguments {
    @Option(name: .long, help: "Members of the session, 3 to 65536.")
    var clients = 10

    @Option(name: .long, help: "Elements of the vector.")
    var dimension = WholeNumber(100_000)

    @Option(name: .long, help: "Bits of a ring element: 8 to 62, or 64. Without it: 21, wider for many clients.")
    var bits: Int?

    @Option(name: .long, help: "Fraction of the clients that fall silent, 0 up to 1; rounded down to whole clients.")
    var dropout = 0.0

    @Option(name: .customLong("dropout-at"), help: "The step before which they do.")
    var dropoutAt = DropoutPlace.step(.input)

    @Option(name: .long, help: "Colluders to withstand. Without it: a tenth of the clients, at least 1.")
    var colluders: Int?

    @Option(name: .long, help: "What the server is assumed to do.")
    var server = ServerOption.active

    @Option(name: .long, help: "auto, complete, or how many neighbours each client masks with.")
    var neighbours = NeighbourOption(.auto)

    @Option(name: .long, help: "Shares that open a secret: quorum, minimum, or a number.")
    var threshold = ThresholdOption(.quorum)

    func validate() throws {
        guard dropout >= 0 && dropout < 1 else { throw ValidationError("--dropout is a fraction in 0 up to 1") }
    }

    /// Who falls silent before which step.
    func dropouts(seed: UInt64) -> [Int: DropoutStep] {
        guard (3...1 << 16).contains(clients) else { return [:] }  // the planner refuses these
        return RoundTrial.dropouts(fraction: dropout, participants: clients, steps: dropoutAt.steps, seed: seed)
    }

    /// The ring asked for, or the default.
    var ringBits: Int { bits ?? RoundTrial.defaultBits(participants: clients) }

    /// The largest magnitude of a value, for random input.
    var valueBound: UInt64 { RoundTrial.valueBound(participants: clients, bits: ringBits) }

    /// The request for the planner, for those clients that advertise at all.
    func request(
        dropouts: [Int: DropoutStep], valueBound: UInt64, backend: SumBackend = .masking
    ) -> PlanRequest {
        let isMasking = backend == .masking
        return PlanRequest(
            participants: clients - dropouts.values.count { $0 == .advertise },
            rosterCount: clients, colluders: colluders ?? PlanRequest.defaultColluders(participants: clients),
            dropouts: Dropouts(counting: dropouts.values),
            dimension: dimension.value, valueBound: valueBound, neighbours: isMasking ? neighbours.choice : .complete,
            server: server.model,
            thresholdRule: isMasking ? threshold.rule : backend.thresholdRule(participants: clients),
            requestedBits: ringBits)
    }

    /// Plans, and says every warning.
    func plan(
        dropouts: [Int: DropoutStep], valueBound: UInt64, backend: SumBackend = .masking
    ) throws(CommandFailure) -> Plan {
        do throws(PlanRefusal) {
            let plan = try Planner.plan(request(dropouts: dropouts, valueBound: valueBound, backend: backend))
            for warning in plan.warnings where backend == .masking || !warning.concernsDealing {
                Terminal.warn(warning.description)
            }
            return plan
        } catch {
            throw CommandFailure(error)
        }
    }
}

extension Plan {
    /// Neighbours of each member, k.
    var graphText: String {
        switch graph {
        case .complete: "complete"
        case .regular: "regular"
        }
    }
}
