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

    private var plan: Plan { trial.plan }
    private var uploadRatio: Double { report.client.sentBytes / (4 * Double(plan.dimension)) }

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
            "receivers": .count(report.receivers),
        ]
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
            facts.add("masks", "\(generatorName) by \(pathName), \(KernelPath.current) codec and hash")
        }
        if trial.preparesMasks {
            facts.add(
                "expanded ahead",
                NumberText.seconds(report.client.preparationSeconds) + " of a client, before its input")
        }
        facts.add("sent to a client", NumberText.bytes(report.client.receivedBytes))
        facts.add("peak memory", NumberText.bytes(Double(peakBytes)) + " for all parties together")
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
