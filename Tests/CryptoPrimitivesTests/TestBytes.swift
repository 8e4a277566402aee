import CryptoPrimitives
import SecAggSimulation

/// The bytes of a hexadecimal text.
func bytes(_ hex: some StringProtocol) -> [UInt8] {
    let digits = Array(hex.utf8)
    precondition(digits.count % 2 == 0)
    return stride(from: 0, to: digits.count, by: 2).map { index in
        guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else {
            preconditionFailure("not hexadecimal")
        }
        return byte
    }
}

/// The hexadecimal text of some bytes.
func hex(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
}

/// Thirty-two bytes from hexadecimal text.
func bytes32(_ hex: some StringProtocol) -> Bytes32 {
    guard let value = Bytes32(bytes(hex)) else { preconditionFailure("not 32 bytes") }
    return value
}

/// The first `count` bytes of 7 i + 3 modulo 256.
func pattern(_ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: 7 * $0 + 3) }
}

/// Gives `body` the bytes of an array; unlike the array's own method it takes typed errors and noncopyable results.
func withBytes<R: ~Copyable, E: Error>(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(E) -> R
) throws(E) -> R {
    try bytes.span.bytes.withUnsafeBytes(body)
}

/// A guarded copy of test bytes.
func secret(_ bytes: [UInt8]) -> SecretBytes {
    withBytes(bytes) { SecretBytes(copying: $0) }
}

/// What a secret holds, as hexadecimal; only tests may do this.
func reveal(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { hex($0) }
}

/// What a scalar holds, as hexadecimal; only tests may do this.
func reveal(_ scalar: borrowing SecretScalar) -> String {
    scalar.withUnsafeBytes { hex($0) }
}

/// A seeded source as the functions under test take it.
func seeded(_ seed: UInt64) -> any RandomSource {
    SeededRandomSource(seed: seed)
}

/// The next `count` bytes of a source.
func draw(_ count: Int, from source: inout any RandomSource) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    bytes.withUnsafeMutableBytes { source.fill($0) }
    return bytes
}

/// A source that gives the bytes of a script, and stops the test when it is asked for more.
struct ScriptedSource: RandomSource {
    private var script: ArraySlice<UInt8>

    init(_ script: [UInt8]) {
        self.script = script[...]
    }

    var remaining: Int { script.count }

    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        precondition(script.count >= buffer.count, "the script is at its end")
        buffer.copyBytes(from: script.prefix(buffer.count))
        script = script.dropFirst(buffer.count)
    }
}
