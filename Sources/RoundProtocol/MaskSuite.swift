package import CryptoPrimitives

/// The generator that expands a mask seed.
///
/// Source: WIRE section 5
public enum MaskSuite: UInt16, Sendable, CaseIterable {
    /// ChaCha20 (RFC 8439), the portable default.
    case chaCha20 = 1
    /// AES-256 in counter mode; only where every participant has the instructions.
    case aes256CTR = 2

    /// What expands its seeds.
    package var generator: KeystreamGenerator { self == .chaCha20 ? .chaCha20 : .aes256CTR }

    /// Whether this machine runs it.
    public var isRunnable: Bool { generator.isSupported() }
}

/// A set of mask suites, as offered by a proposal and advertised by a participant.
public struct MaskSuites: OptionSet, Hashable, Sendable {
    /// Bit 0: ChaCha20; bit 1: AES-256-CTR.
    public let rawValue: UInt16

    /// Takes the bits as they are.
    public init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    /// ChaCha20 (RFC 8439).
    public static let chaCha20 = MaskSuites(rawValue: 1)
    /// AES-256 in counter mode.
    public static let aes256CTR = MaskSuites(rawValue: 2)

    /// What this machine runs: AES-256-CTR needs the processor's instructions.
    public static var runnable: MaskSuites {
        MaskSuite.aes256CTR.isRunnable ? [.chaCha20, .aes256CTR] : .chaCha20
    }

    /// AES-256-CTR where the set has it and this machine runs it, else ChaCha20.
    public var fastestRunnable: MaskSuite {
        contains(MaskSuite.aes256CTR) && MaskSuite.aes256CTR.isRunnable ? .aes256CTR : .chaCha20
    }

    /// Whether the set holds a suite.
    public func contains(_ suite: MaskSuite) -> Bool {
        contains(suite == .chaCha20 ? MaskSuites.chaCha20 : .aes256CTR)
    }
}
