package import CryptoPrimitives

/// A frame as it arrived, with the key by which its signature is known to be right, if one is.
///
/// A coordinator that has several frames at hand examines them together, eight signatures for little more than one, and
/// takes them one after another all the same.
///
/// Source: WIRE section 2
public struct ArrivedFrame: Sendable {
    /// The whole frame, byte for byte.
    public let bytes: [UInt8]
    private let signer: VerifyingKey?

    /// A frame of whose signature nothing is known.
    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
        signer = nil
    }

    private init(_ bytes: [UInt8], signer: VerifyingKey?) {
        self.bytes = bytes
        self.signer = signer
    }

    /// Looks at the signatures of frames; `key` says whose a frame must have, nil where it need not be looked at.
    ///
    /// - Complexity: a group of eight costs about 1.6 verifications where the machine can; nothing elsewhere.
    package static func examined(_ frames: [[UInt8]], _ key: (Frame) -> VerifyingKey?) -> [ArrivedFrame] {
        var claims: [(index: Int, key: VerifyingKey, claim: SignatureClaim)] = []
        for (index, bytes) in frames.enumerated() {
            guard let frame = try? Frame(bytes), let key = key(frame), let claim = frame.claim(by: key) else {
                continue
            }
            claims.append((index, key, claim))
        }
        var signers = [VerifyingKey?](repeating: nil, count: frames.count)
        for (entry, isRight) in zip(claims, SignatureClaim.confirmed(claims.map(\.claim))) where isRight {
            signers[entry.index] = entry.key
        }
        return zip(frames, signers).map { ArrivedFrame($0, signer: $1) }
    }

    /// Whether `frame`, which has these bytes, is signed by the key.
    package func isSigned(_ frame: Frame, by key: VerifyingKey) -> Bool {
        assert(frame.bytes == bytes)
        return signer == key || frame.isSigned(by: key)
    }
}
