import CMemcheck
import CryptoPrimitives

@testable import PaillierAggregation

/// Marks of memcheck: a hidden number counts as undefined, and whatever is computed from it does, until a branch or an
/// address depends on it. That is a finding.
enum Taint {
    /// Findings since the program started.
    static var findings: Int { Int(memcheck_findings()) }

    static func hide(_ bytes: UnsafeRawBufferPointer) { memcheck_hide(bytes.baseAddress, bytes.count) }

    static func hide(_ number: borrowing SecretLimbs) {
        let count = number.count
        number.withLimbs { memcheck_hide($0, 8 * count) }
    }

    static func hide(_ plaintexts: borrowing PlaintextVector) {
        let count = plaintexts.count * plaintexts.limbsPerPlaintext
        plaintexts.withLimbs { memcheck_hide($0, 8 * count) }
    }

    /// Whether the number has a hidden bit in nearly every byte, as whatever is made of secrets has.
    static func isHidden(_ limbs: [UInt64]) -> Bool {
        limbs.withUnsafeBytes { bytes in
            guard let base = bytes.bindMemory(to: UInt8.self).baseAddress else { return false }
            return 10 * memcheck_hidden(base, bytes.count) >= 9 * bytes.count
        }
    }

    /// The same for a number that stays secret.
    static func isHidden(_ number: borrowing SecretLimbs) -> Bool {
        let count = 8 * number.count
        return number.withLimbs { limbs in
            limbs.withMemoryRebound(to: UInt8.self, capacity: count) { 10 * memcheck_hidden($0, count) >= 9 * count }
        }
    }

    /// Publishes what an operation gave to everybody: ciphertexts, shares, proofs, sums.
    static func show(_ limbs: [UInt64]) { limbs.withUnsafeBytes { memcheck_show($0.baseAddress, $0.count) } }

    /// Publishes one value, in place.
    static func show<T>(_ value: inout T) {
        withUnsafeBytes(of: &value) { memcheck_show($0.baseAddress, $0.count) }
    }
}

/// A reproducible source (the generator of Steele, Lea and Flood), whose bytes are hidden when a check wants that.
struct CheckSource: RandomSource {
    private var state: UInt64
    private let hides: Bool

    init(_ seed: UInt64, hides: Bool) {
        state = seed
        self.hides = hides
    }

    mutating func word() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
        return z ^ z >> 31
    }

    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        for start in stride(from: 0, to: buffer.count, by: 8) {
            withUnsafeBytes(of: word()) { word in
                for i in 0..<min(8, buffer.count - start) { buffer[start + i] = word[i] }
            }
        }
        if hides { Taint.hide(UnsafeRawBufferPointer(buffer)) }
    }
}

/// Counts checks; a check fails when the answer is wrong, or when memcheck found something where nothing may be found, or
/// nothing where a fault was planted.
struct Tally {
    private(set) var passed = 0
    private(set) var failed = 0

    static func + (left: Tally, right: Tally) -> Tally {
        var sum = left
        sum.passed += right.passed
        sum.failed += right.failed
        return sum
    }

    mutating func clean(_ name: String, _ body: () throws -> Bool) { count(name, planted: false, body) }

    mutating func planted(_ name: String, _ body: () throws -> Bool) { count("planted: " + name, planted: true, body) }

    mutating func count(_ name: String, isRight: Bool, _ detail: String) {
        print("\(isRight ? "passed" : "FAILED"): \(name): \(detail)")
        if isRight { passed += 1 } else { failed += 1 }
    }

    private mutating func count(_ name: String, planted: Bool, _ body: () throws -> Bool) {
        memcheck_say("== \(name)")
        let before = Taint.findings
        let answer = Result {
            var answer = try body()
            Taint.show(&answer)
            return answer
        }
        let found = Taint.findings - before
        switch answer {
        case .success(true): count(name, isRight: (found > 0) == planted, "\(found) findings")
        case .success(false): count(name, isRight: false, "wrong answer, \(found) findings")
        case .failure(let error): count(name, isRight: false, "\(error), \(found) findings")
        }
    }
}
