internal import Foundation
internal import RoundProtocol
internal import WireFormat

/// The one object on one line that `--json` prints, and its pieces.
enum JSONOutput {
    /// Names the shape of every object.
    static let schema = "secagg-bench/1"

    /// Prints the object as the only line on standard output.
    static func write(_ value: JSONValue) throws {
        FileHandle.standardOutput.write(Data(try line(value)))
    }

    /// The object's text with a line end.
    static func line(_ value: JSONValue) throws -> [UInt8] {
        do {
            return try value.encoded() + [UInt8(ascii: "\n")]
        } catch {
            throw CommandFailure(
                status: .environment, what: "the result cannot be written", why: "\(error.reason)",
                next: "run the verb without --json")
        }
    }

    /// Seconds by stage, in the order of the protocol; stages without work are left out.
    static func stages(_ seconds: [Stage: Double]) -> JSONValue {
        .object(
            Stage.allCases.compactMap { stage in
                seconds[stage].map { JSONMember("\(stage)", .rounded($0, digits: 6)) }
            })
    }
}

extension JSONValue {
    /// A count.
    static func count(_ value: Int) -> JSONValue { .integer(Int64(value)) }

    /// A number, null when it is not finite or there is none.
    static func real(_ value: Double?) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        return .number(value)
    }

    /// A number cut to so many digits after the point.
    static func rounded(_ value: Double?, digits: Int) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        let scale = pow(10, Double(digits))
        return .number((value * scale).rounded() / scale)
    }

    /// The same object with more members at its end.
    func appending(_ more: JSONValue) -> JSONValue {
        .object((members ?? []) + (more.members ?? []))
    }
}
