internal import CryptoPrimitives
internal import RoundProtocol
internal import SecureAggregation
internal import SecureFederation
internal import WireFormat

/// A measured round as JSON and as text.
struct RoundResult {
    let trial: RoundTrial
    let report: RoundTrialReport
    /// The fraction of dropouts asked for.
    let fraction: Double
    let peakBytes: Int
    /// The coordinator's memory in a process of its own, when it was asked for.
    let memory: CoordinatorMemory?

    private var plan: Plan { trial.plan }
    private var uploadRatio: Double { report.client.sentBytes / (4 * Double(plan.dimension)) }

    /// Bytes of the lane-packed vector: what a client would send in the clear.
    private var packedBytes: Double { Double(plan.vectorBytes) }

    private var suite: MaskSuite { trial.maskSuites.contains(MaskSuite.aes256CTR) ? .aes256CTR : .chaCha20 }
    private var generatorName: String { suite == .aes256CTR ? "aes256ctr" : "chacha20" }
    private var pathName: String { suite.generator.implementation() }

    private var backendName: String { trial.backend == .masking ? "masking" : "paillier" }

    var json: JSONValue {
        let common: JSONValue = [
            "schema": .string(JSONOutput.schema), "case": "round", "n": .count(trial.participants),
            "d": .count(plan.dimension), "bits": .count(plan.ringBits), "drop": .real(fraction),
            "backend": .string(backendName), "client_cpu_s": .rounded(report.client.totalSeconds, digits: 6),
            "client_online_cpu_s": .rounded(report.client.onlineSeconds, digits: 6),
            "server_cpu_s": .rounded(report.server.totalSeconds, digits: 6),
            "client_stage_cpu_s": JSONOutput.stages(report.client.seconds),
            "server_stage_cpu_s": JSONOutput.stages(report.server.seconds),
            "upload_bytes": .count(Int(report.client.sentBytes.rounded())),
            "down_bytes": .count(Int(report.client.receivedBytes.rounded())),
            "peak_rss_mb": .rounded(Double(peakBytes) / 1_048_576, digits: 1), "prg": .string(generatorName),
            "path": .string(pathName), "threads": .count(trial.threads),
            "clock": .string(trial.threads == 1 ? "processor" : "wall"),
            "client_prepare_cpu_s": .rounded(report.client.preparationSeconds, digits: 6),
            "exact": .bool(report.isExact), "upload_ratio": .rounded(uploadRatio, digits: 5),
            "rounds": .count(trial.rounds), "colluders": .count(plan.colluders), "quorum": .count(plan.quorum),
            "threshold": .count(plan.shamirThreshold), "graph": .string(plan.graphText),
            "neighbours": .count(plan.peers), "server": .string(plan.server.rawValue),
            "survivors": .count(report.survivors), "dropped": .count(trial.dropouts.count),
            "masks_recovered": .count(trial.backend == .masking ? report.recovered : 0),
            "receivers": .count(report.receivers), "measured_clients": .count(report.measuredClients),
            "packed_bytes": .count(plan.vectorBytes),
            "input_bytes": .count(Int(report.client.sentInputBytes.rounded())),
            "input_over_packed": .rounded(report.client.sentInputBytes / packedBytes, digits: 6),
            "upload_over_packed": .rounded(report.client.sentBytes / packedBytes, digits: 6),
            "verify_sample": trial.verifySample.map { .count($0) } ?? .null,
        ]
        if let memory { return common.appending(memory.json) }
        return encryption.map { common.appending($0.json) } ?? common
    }

    /// What an encrypted round adds.
    private var encryption: EncryptedRoundFacts? {
        guard case .paillier(let terms) = trial.backend else { return nil }
        return EncryptedRoundFacts(terms: terms, trial: trial, inputSeconds: report.client.seconds[.input] ?? 0)
    }

    var text: String {
        var facts = FactList()
        facts.add(
            "clients", "\(trial.participants), \(trial.dropouts.count) fell silent, \(report.survivors) in the sum")
        facts.add("vector", "\(plan.dimension) values in \(plan.ringBits) bits")
        if let encryption { facts.add("encryption", encryption.text) }
        facts.add(
            "session",
            "quorum \(plan.quorum), threshold \(plan.shamirThreshold), "
                + (encryption == nil ? "\(plan.graphText) graph, \(plan.peers) peers, " : "")
                + "\(plan.colluders) colluders withstood")
        facts.add(
            "sent by a client",
            "\(NumberText.bytes(report.client.sentBytes)),"
                + " \(NumberText.fixed(uploadRatio, 3)) of 32-bit floats")
        if trial.backend == .masking {
            facts.add(
                "of that the masked input",
                "\(NumberText.bytes(report.client.sentInputBytes)),"
                    + " \(NumberText.fixed(report.client.sentInputBytes / packedBytes, 5)) of the packed vector;"
                    + " all together \(NumberText.fixed(report.client.sentBytes / packedBytes, 5))")
            if trial.verifySample != nil {
                facts.add(
                    "checked for itself",
                    "\(report.measuredClients) clients, whose costs these are; the others shared their verdicts")
            }
            facts.add("masks", "\(generatorName) by \(pathName), \(KernelPath.current) codec and hash")
        }
        if trial.preparesMasks {
            facts.add(
                "expanded ahead",
                NumberText.seconds(report.client.preparationSeconds) + " of a client, before its input")
        }
        facts.add("sent to a client", NumberText.bytes(report.client.receivedBytes))
        facts.add("peak memory", NumberText.bytes(Double(peakBytes)) + " for all parties together")
        if let memory { facts.add("coordinator alone", memory.text) }
        facts.add("exact", report.isExact ? "yes: the opened sum is the clear sum of the survivors" : "NO")
        var table = TextTable([
            trial.threads == 1 ? "processor time" : "time, \(trial.threads) threads", "client", "server",
        ])
        for stage in Stage.allCases {
            let (client, server) = (report.client.seconds[stage], report.server.seconds[stage])
            if client == nil && server == nil { continue }
            table.add(["\(stage)", NumberText.seconds(client ?? 0), NumberText.seconds(server ?? 0)])
        }
        table.add(
            ["all", NumberText.seconds(report.client.totalSeconds), NumberText.seconds(report.server.totalSeconds)])
        table.add(
            [
                "from the announcement on", NumberText.seconds(report.client.onlineSeconds),
                NumberText.seconds(report.server.onlineSeconds),
            ])
        return facts.text + "\n\n" + table.text
    }
}
