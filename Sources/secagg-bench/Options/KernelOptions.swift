internal import ArgumentParser
internal import CryptoPrimitives
internal import RoundProtocol

/// The generator of masks, by the name on the command line.
enum GeneratorName: String, ExpressibleByArgument, CaseIterable {
    case chacha20
    case aes

    /// What a proposal offers.
    var suites: MaskSuites { self == .aes ? [.chaCha20, .aes256CTR] : .chaCha20 }
}

/// The highest instructions that kernels may use, by the name on the command line.
enum PathName: String, ExpressibleByArgument, CaseIterable {
    case auto
    case portable
    case avx2
    case vaes
    case avx512

    var path: KernelPath {
        switch self {
        case .auto: .automatic
        case .portable: .portable
        case .avx2: .avx2
        case .vaes: .vaes
        case .avx512: .avx512
        }
    }
}

/// How masks are made.
struct KernelOptions: ParsableArguments {
    @Option(name: .long, help: "What expands masks: chacha20, or aes (AES-256-CTR, by the processor's instructions).")
    var prg = GeneratorName.chacha20

    @Option(name: .long, help: "The highest instructions to use: auto, portable, avx2, vaes or avx512.")
    var path = PathName.auto

    @Option(name: .long, help: "Threads of each party at most; with more than one, costs are wall-clock seconds.")
    var threads = 1

    @Flag(name: .long, help: "Expand masks before the input exists; that time is reported apart.")
    var prepare = false

    func validate() throws {
        guard (1...1_024).contains(threads) else { throw ValidationError("--threads is in 1...1024") }
    }

    /// Takes the path, and refuses what this machine does not have.
    func apply() throws(CommandFailure) {
        if path != .auto && !KernelPath.available.contains(path.path) {
            throw CommandFailure(
                status: .environment, what: "this machine has no \(path.rawValue)",
                why: "its processor lacks the instructions",
                next: "take --path auto")
        }
        KernelPath.force(path.path)
        if prg == .aes && !MaskSuite.aes256CTR.isRunnable {
            throw CommandFailure(
                status: .environment, what: "AES-256-CTR cannot run",
                why: "this machine or --path has no AES instructions",
                next: "take --prg chacha20")
        }
    }
}
