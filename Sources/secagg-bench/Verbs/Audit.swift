internal import ArgumentParser
internal import Foundation
internal import RoundProtocol
internal import WireFormat

/// `audit`: what a third party can check with the roster alone.
struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Verify what somebody claims about a party of a round.",
        subcommands: [EvidenceOfMisconduct.self])

    /// `audit evidence FILE --roster ROSTER`.
    struct EvidenceOfMisconduct: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "evidence",
            abstract: "Verify two contradicting signed statements; exit code 1 when they prove nothing.")

        @Argument(help: "The evidence.")
        var file: String

        @Option(name: .long, help: "The roster as JSON, from whom you trust it.")
        var roster: String

        @OptionGroup var output: OutputOptions

        func run() throws {
            let rosterBytes = try read(roster, limit: RosterFile.maximumBytes)
            let bytes = try read(file, limit: EvidenceFile.maximumBytes)
            let roster: Roster
            do throws(Abort) {
                roster = try RosterFile(decoding: rosterBytes).roster
            } catch {
                throw CommandFailure(
                    status: .badInput, what: "the roster cannot be used", why: error.description,
                    next: "give --roster a file of the form of Papers/evidence.md section 4")
            }
            do throws(EvidenceFailure) {
                let proof = try EvidenceFile(decoding: bytes).verify(roster: roster)
                try report(proof.misconduct, proof.peer)
            } catch {
                if output.json { try JSONOutput.write(json(["proven": false, "reason": .string("\(error)")])) }
                throw CommandFailure(
                    status: .checkFailed, what: "the file proves nothing", why: "\(error)",
                    next: "ask for the evidence again; Papers/evidence.md says what it holds",
                    followsResult: output.json)
            }
        }

        private func report(_ misconduct: Misconduct, _ peer: PeerID) throws(EvidenceFailure) {
            if output.json {
                let line: JSONValue = [
                    "proven": true, "misconduct": .string("\(misconduct)"), "by": .string(peer.description),
                ]
                try? JSONOutput.write(json(line))
            } else {
                print("proven: \(misconduct) by \(peer)")
            }
        }

        private func json(_ facts: JSONValue) -> JSONValue {
            let head: JSONValue = ["schema": .string(JSONOutput.schema), "case": "audit-evidence"]
            return head.appending(facts)
        }

        private func read(_ path: String, limit: Int) throws -> [UInt8] {
            guard let handle = FileHandle(forReadingAtPath: path),
                let data = try? handle.read(upToCount: limit + 1), data.count <= limit
            else {
                throw CommandFailure(
                    status: .badInput, what: "\(path) cannot be read", why: "no such file, or it is too large",
                    next: "check the path")
            }
            return [UInt8](data)
        }
    }
}
