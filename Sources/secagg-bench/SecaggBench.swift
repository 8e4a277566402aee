internal import ArgumentParser

/// The root command: without a verb it shows how to begin.
struct SecaggBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secagg-bench",
        abstract: "Secure aggregation among companies: train, measure and plan on this machine.",
        discussion: """
            Exit codes: 0 ok, 1 a check failed, 2 usage, 3 bad input or configuration, 4 protocol abort, \
            5 privacy budget exhausted, 6 environment.
            """,
        version: "secagg-bench/1",
        subcommands: [
            Train.self, Round.self, Limits.self, PlanVerb.self, Privacy.self, Vectors.self, Simulate.self, Audit.self,
            Party.self,
        ])

    static let introduction = """
        secagg-bench: several companies compute one sum, and nobody sees more than the sum.

          secagg-bench train
              five simulated companies train one failure-prediction model through the secure sum
          secagg-bench train --data cmapss --path DIR --scenario A
              the same with turbofan engines read from DIR
          secagg-bench round --clients 10 --dimension 1000000 --dropout 0.3
              what one secure round costs, by phase
          secagg-bench plan --clients 32 --dimension 100000
              thresholds, ring and bytes that are safe, or why not
          secagg-bench privacy verify DIR/privacy-report.json --key-file DIR/privacy-report.key
              a report that train --privacy asset --epsilon 3 --delta 1e-6 --out DIR wrote, checked figure by figure
          secagg-bench privacy --batch queries.jsonl
              epsilon, delta, noise and steps for one query a line
          secagg-bench vectors verify
              this build against the known-answer files
          secagg-bench simulate --seeds 200
              crashes, lost and forged frames, a lying coordinator: which promise breaks?

        Every verb takes --json (one object on one line) and --help.
        """

    func run() {
        print(Self.introduction)
    }
}
