internal import CryptoPrimitives

/// Plays given bytes once; behind their end it plays ones, and remembers that it did.
struct PlayedBytes: RandomSource {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Whether exactly the given bytes have been played.
    var isUsedUp: Bool { position == bytes.count }

    mutating func fill(_ buffer: UnsafeMutableRawBufferPointer) {
        for index in 0..<buffer.count {
            unsafe buffer[index] = position + index < bytes.count ? bytes[position + index] : 1
        }
        position += buffer.count
    }

    /// Runs `body` on the bytes as a source; it must take all of them and no more.
    static func play<R: ~Copyable>(
        _ bytes: [UInt8], for name: String, _ body: (inout any RandomSource) throws(VectorFault) -> R
    ) throws(VectorFault) -> R {
        var source: any RandomSource = PlayedBytes(bytes)
        let result = try body(&source)
        guard (source as? PlayedBytes)?.isUsedUp == true else {
            throw VectorFault.malformed("\(name) is not as long as what is drawn from it")
        }
        return result
    }

    /// The scalar drawn from the bytes: 64 reduced modulo the order, the next 64 where that is zero.
    static func scalar(_ bytes: [UInt8], for name: String) throws(VectorFault) -> SecretScalar {
        try play(bytes, for: name) { (source) throws(VectorFault) in SecretScalar(random: &source) }
    }
}
