internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol
internal import WireFormat

/// Why a vector file could not be used at all: what happened, why, and what to do about it.
public struct VectorFailure: Error, Hashable, Sendable, CustomStringConvertible {
    /// What could not be done, with the name of the file or directory.
    public let what: String
    /// The cause.
    public let why: String
    /// What to do next.
    public let next: String

    init(_ what: String, why: String, next: String) {
        self.what = what
        self.why = why
        self.next = next
    }

    /// The three parts as one line.
    public var description: String { "\(what): \(why); \(next)" }
}

/// Why one test gave no answer: its text is no test, or the library refuses what it asks for.
enum VectorFault: Error {
    /// The test cannot be read: where and what.
    case malformed(String)
    /// The library refused, under its own name for the reason, with what it says about it.
    case refused(String, [JSONMember])
}

extension VectorFault {
    init(_ abort: Abort) {
        var details = [
            JSONMember("peer", JSONValue(UInt64(abort.peer.rawValue))), JSONMember("stage", .string("\(abort.stage)")),
        ]
        if let evidence = abort.evidence {
            let digests = evidence.frames.map { frame -> JSONValue in
                (try? Frame(frame)).map { .hex($0.digest.value.bytes) } ?? .null
            }
            details.append(JSONMember("evidence", .array(digests)))
        }
        self = .refused("\(abort.code)", details)
    }

    init(_ failure: CryptoFailure) {
        self = .refused("\(failure)", [])
    }

    init(_ failure: RingFailure) {
        switch failure {
        case .unsupportedBits: self = .refused("unsupportedBits", [])
        case .overflowPossible: self = .refused("overflowPossible", [])
        case .dimensionMismatch: self = .refused("dimensionMismatch", [])
        case .elementOutOfRange: self = .refused("elementOutOfRange", [])
        case .nonFiniteInput(let index):
            self = .refused("nonFiniteInput", [JSONMember("index", JSONValue(UInt64(index)))])
        case .invalidScale: self = .refused("invalidScale", [])
        case .vectorTooLarge: self = .refused("vectorTooLarge", [])
        case .layoutMismatch: self = .refused("layoutMismatch", [])
        }
    }

    /// One line for a report.
    var reason: String {
        switch self {
        case .malformed(let text): "unreadable: \(text)"
        case .refused(let name, _): "refused: \(name)"
        }
    }
}

/// Runs a call of the cryptographic layer.
func mappingCrypto<R: ~Copyable>(_ body: () throws(CryptoFailure) -> R) throws(VectorFault) -> R {
    do throws(CryptoFailure) {
        return try body()
    } catch {
        throw VectorFault(error)
    }
}

/// Runs a call of the ring layer.
func mappingRing<R>(_ body: () throws(RingFailure) -> R) throws(VectorFault) -> R {
    do throws(RingFailure) {
        return try body()
    } catch {
        throw VectorFault(error)
    }
}

/// Runs a call of the protocol.
func mappingAbort<R: ~Copyable>(_ body: () throws(Abort) -> R) throws(VectorFault) -> R {
    do throws(Abort) {
        return try body()
    } catch {
        throw VectorFault(error)
    }
}
