internal import ArgumentParser
internal import SecAggSimulation
internal import WireFormat

/// `vectors`: this build against the known-answer files.
struct Vectors: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "vectors", abstract: "Verify the known-answer files, or print this build's answers.",
        subcommands: [Verify.self, Answer.self])

    /// Where the files are.
    struct Place: ParsableArguments {
        @Option(name: .long, help: "The folder of the known-answer files.")
        var directory = "Vectors"

        func verifier() throws(CommandFailure) -> VectorVerifier {
            do throws(VectorFailure) {
                return try VectorVerifier(directory: directory)
            } catch {
                throw CommandFailure(error)
            }
        }
    }

    /// `vectors verify`: every file, or those named.
    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Compare this build with the known-answer files; exit code 1 when a value differs.")

        @Argument(help: "Files relative to the folder. Without any: all of them.")
        var files: [String] = []

        @OptionGroup var place: Place
        @OptionGroup var output: OutputOptions

        func run() throws {
            let verifier = try place.verifier()
            var reports: [VectorReport] = []
            for file in files.isEmpty ? verifier.files() : files {
                Terminal.progress("verifying \(file)")
                do throws(VectorFailure) {
                    reports.append(try verifier.verify(file))
                } catch {
                    throw CommandFailure(error)
                }
            }
            Terminal.endProgress()
            let failed = reports.reduce(0) { $0 + $1.failures.count }
            if output.json {
                try JSONOutput.write(json(reports, failed: failed))
            } else {
                print(text(reports))
            }
            if failed > 0 {
                throw CommandFailure.check("\(failed) known answers differ", "this build gives other values")
            }
        }

        private func json(_ reports: [VectorReport], failed: Int) -> JSONValue {
            [
                "schema": .string(JSONOutput.schema), "case": "vectors",
                "passed": .count(reports.reduce(0) { $0 + $1.passed }), "failed": .count(failed),
                "files": .array(
                    reports.map { report in
                        [
                            "name": .string(report.name), "passed": .count(report.passed),
                            "failed": .array(
                                report.failures.map { ["tcId": .count($0.tcId), "reason": .string($0.reason)] }),
                        ]
                    }),
            ]
        }

        private func text(_ reports: [VectorReport]) -> String {
            var table = TextTable(["file", "passed", "failed"])
            for report in reports { table.add([report.name, "\(report.passed)", "\(report.failures.count)"]) }
            let failures = reports.flatMap { report in
                report.failures.map { "\(report.name) #\($0.tcId): \($0.reason)" }
            }
            return ([table.text] + failures).joined(separator: "\n")
        }
    }

    /// `vectors answer FILE`: what this build computes.
    struct Answer: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print this build's answers to a file's inputs as one line of JSON.")

        @Argument(help: "A file relative to the folder.")
        var file: String

        @OptionGroup var place: Place
        @OptionGroup var output: OutputOptions

        func run() throws {
            let verifier = try place.verifier()
            let answers: JSONValue
            do throws(VectorFailure) {
                answers = try verifier.answer(file)
            } catch {
                throw CommandFailure(error)
            }
            try JSONOutput.write([
                "schema": .string(JSONOutput.schema), "case": "vectors", "file": .string(file), "answers": answers,
            ])
        }
    }
}

extension CommandFailure {
    fileprivate init(_ failure: VectorFailure) {
        self.init(status: .badInput, what: failure.what, why: failure.why, next: failure.next)
    }
}
