internal import DurableState
internal import Foundation
internal import RoundProtocol
internal import SecureAggregation
internal import SecureFederation
internal import WireFormat

/// The memory that a round's coordinator takes in a process of its own: what it was told is written to a file and told again to
/// a coordinator that is alone.
struct CoordinatorMemory {
    let replay: CoordinatorReplay
    let plan: Plan

    /// Accumulators of the round's vector that the goal allows.
    static let accumulators = 3
    /// Bytes for each pair of a dealer and a holder that the goal allows.
    static let pairBytes = 130

    private var pairs: Int { plan.participants * plan.peers }
    /// Commitments of all dealers, which are counted apart.
    private var commitmentBytes: Int { plan.participants * (132 + 64 * plan.shamirThreshold) }
    /// The coordinator's own part of its process's memory.
    private var ownBytes: Int { replay.peakBytes - replay.baselineBytes }
    private var allowedBytes: Int {
        Self.accumulators * plan.vectorBytes + Self.pairBytes * pairs + commitmentBytes
    }

    var json: JSONValue {
        [
            "coordinator_baseline_bytes": .count(replay.baselineBytes),
            "coordinator_peak_bytes": .count(replay.peakBytes), "coordinator_own_bytes": .count(ownBytes),
            "coordinator_allowed_bytes": .count(allowedBytes), "accumulator_bytes": .count(plan.vectorBytes),
            "pairs": .count(pairs), "commitment_bytes": .count(commitmentBytes),
        ]
    }

    var text: String {
        "\(NumberText.bytes(Double(ownBytes))) above \(NumberText.bytes(Double(replay.baselineBytes)));"
            + " \(Self.accumulators) vectors, \(Self.pairBytes) bytes a pair and the commitments are"
            + " \(NumberText.bytes(Double(allowedBytes)))"
    }

    /// The most memory that this program has had resident. Where the system has no figure of the program alone, that of the
    /// process, which may include the one that started it.
    static func peakBytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        let kibibytes = line.flatMap { Int($0.filter(\.isNumber)) }
        return kibibytes.map { $0 * 1024 } ?? ResourceUsage.peakResidentBytes()
    }

    /// Makes the whole program resident, so that a page of it that is first used later does not count for what it works on.
    ///
    /// Where the system cannot (Linux before 5.14), later pages are counted.
    static func loadProgram() {
        let maps = (try? String(contentsOfFile: "/proc/self/maps", encoding: .utf8)) ?? ""
        let populateForReading: CInt = 22  // MADV_POPULATE_READ
        for line in maps.split(separator: "\n") {
            let fields = line.split(separator: " ", omittingEmptySubsequences: true)
            let ends = fields.first?.split(separator: "-").compactMap { UInt(String($0), radix: 16) } ?? []
            guard fields.count == 6, fields[1].hasPrefix("r-"), fields[5].hasPrefix("/"), ends.count == 2,
                let start = unsafe UnsafeMutableRawPointer(bitPattern: ends[0])
            else { continue }
            _ = unsafe madvise(start, Int(ends[1] - ends[0]), populateForReading)
        }
    }

    /// Runs this program again with the same options on the calls in a file.
    static func measure(_ path: String, seed: UInt64, plan: Plan) throws(CommandFailure) -> CoordinatorMemory {
        let process = Process()
        let program =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
        process.executableURL = URL(fileURLWithPath: program)
        var arguments = CommandLine.arguments.dropFirst().filter { $0 != "--coordinator-memory" }
        if !arguments.contains(where: { $0 == "--seed" || $0.hasPrefix("--seed=") }) {
            arguments += ["--seed", "\(seed)"]
        }
        process.arguments = arguments + ["--replay-coordinator", path]
        let output = Pipe()
        process.standardOutput = output
        do {
            try process.run()
        } catch {
            throw failure("the process did not start")
        }
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let numbers = String(decoding: bytes, as: UTF8.self).split(separator: " ").compactMap { Int($0) }
        guard process.terminationStatus == 0, numbers.count == 3, numbers[2] > 0 else {
            throw failure("the coordinator opened no sum")
        }
        return CoordinatorMemory(
            replay: CoordinatorReplay(baselineBytes: numbers[0], peakBytes: numbers[1], opened: numbers[2]), plan: plan)
    }

    private static func failure(_ why: String) -> CommandFailure {
        CommandFailure(
            status: .environment, what: "the coordinator's memory was not measured", why: why,
            next: "leave --coordinator-memory out")
    }
}

/// Calls of a coordinator on a file, one after another: kind, time, length, frame.
struct CallFile {
    let path: String

    /// A file of this process in the system's temporary directory; empty.
    init() throws(CommandFailure) {
        let place = FileManager.default.temporaryDirectory
            .appendingPathComponent("secagg-bench-\(UUID().uuidString).calls")
        path = place.path
        guard FileManager.default.createFile(atPath: path, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw CommandFailure(
                status: .environment, what: "no file for what the coordinator is told", why: path,
                next: "set TMPDIR to a directory of your own")
        }
    }

    init(path: String) {
        self.path = path
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// What appends calls.
    func recorder() -> (CoordinatorCall) -> Void {
        let handle = FileHandle(forWritingAtPath: path)
        return { call in
            var head = ByteWriter(reserving: 13)
            head.u8(call.kind.rawValue)
            head.u64(call.now.milliseconds)
            head.u32(UInt32(call.frame.count))
            try? handle?.write(contentsOf: Data(head.bytes))
            try? handle?.write(contentsOf: Data(call.frame))
        }
    }

    /// What gives the calls back in order, one at a time.
    func reader() -> () -> CoordinatorCall? {
        let file = unsafe fopen(path, "rb")
        func bytes(_ count: Int) -> [UInt8]? {
            guard let file = unsafe file else { return nil }
            var read = 0
            let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
                if let base = buffer.baseAddress { unsafe read = fread(base, 1, count, file) }
                initialised = read
            }
            return read == count ? bytes : nil
        }
        return {
            guard let head = bytes(13) else { return nil }
            var reader = ByteReader(head)
            guard let code = try? reader.u8(), let kind = CoordinatorCall.Kind(rawValue: code),
                let time = try? reader.u64(), let length = try? reader.u32(), let frame = bytes(Int(length))
            else { return nil }
            return CoordinatorCall(kind, at: Instant(milliseconds: time), frame: frame)
        }
    }
}
