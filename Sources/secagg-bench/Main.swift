internal import ArgumentParser
internal import Foundation

/// Parses, runs, and turns whatever was thrown into one message and one of the documented exit codes.
@main
enum Main {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            var command = try SecaggBench.parseAsRoot(arguments)
            try command.run()
        } catch let failure as CommandFailure {
            report(failure, arguments)
            exit(failure.status.rawValue)
        } catch {
            let code = SecaggBench.exitCode(for: error)
            let message = SecaggBench.fullMessage(for: error)
            if code.isSuccess {
                print(message)
                exit(ExitStatus.ok.rawValue)
            }
            Terminal.say(message)
            exit(code == .validationFailure ? ExitStatus.usage.rawValue : ExitStatus.environment.rawValue)
        }
    }

    /// The message to standard error; with `--json` also as the one object on standard output, unless a result stands
    /// there already.
    private static func report(_ failure: CommandFailure, _ arguments: [String]) {
        if arguments.contains("--json") && !failure.followsResult {
            try? JSONOutput.write(failure.json(verb: arguments.first { !$0.hasPrefix("-") } ?? "none"))
        }
        Terminal.say(failure.message)
    }
}
