internal import ArgumentParser
internal import PaillierAggregation
internal import SecureAggregation
internal import SecureFederation

/// What hides the inputs.
enum BackendName: String, ExpressibleByArgument, CaseIterable {
    case masking
    case paillier
}

/// The sizes of a key, by the name on the command line.
enum KeySizes: String, ExpressibleByArgument, CaseIterable {
    case p2048 = "2048"
    case p3072 = "3072"
    case p4096 = "4096"
    case p3072Short = "3072-short"

    var parameters: PaillierParameters {
        switch self {
        case .p2048: .p2048
        case .p3072: .p3072
        case .p4096: .p4096
        case .p3072Short: .p3072ShortExponent
        }
    }
}

/// How an aggregate is opened, by the name on the command line.
enum OpeningName: String, ExpressibleByArgument, CaseIterable {
    case partial
    case root

    var mode: OpeningMode {
        switch self {
        case .partial: .partialDecryption
        case .root: .jointRoot
        }
    }
}

/// Which sum, and what the encrypted one is made with.
struct BackendOptions: ParsableArguments {
    @Option(name: .long, help: "What hides the inputs.")
    var backend = BackendName.masking

    @Option(name: .long, help: "Paillier: bits of the key; 3072-short has 256-bit exponents, an assumption more.")
    var key = KeySizes.p3072

    @Option(name: .long, help: "Paillier: opened by partial decryption, or by a joint root that awaits outside review.")
    var opening = OpeningName.partial

    @Flag(name: .customLong("masks-inside"), help: "Paillier: pairwise masks inside the slots; nobody may be missing.")
    var masksInside = false

    /// The back end, with so many shares to open or the fewest allowed.
    func backend(shares: Int?) -> SumBackend {
        switch backend {
        case .masking: .masking
        case .paillier:
            .paillier(
                PaillierTerms(
                    parameters: key.parameters, threshold: shares, mode: opening.mode, masksInside: masksInside))
        }
    }

    /// Refuses steps and shares that an encrypted sum does not have, before anything is dealt.
    func check(_ session: SessionOptions) throws {
        guard backend == .paillier else { return }
        if session.dropoutAt.steps.contains(where: { $0 == .deal || $0 == .receipt }) {
            throw ValidationError("--dropout-at deal, receipt and mixed are steps of masking")
        }
        let shareholders = PaillierTerms.shareholders(session.clients)
        if let shares = session.threshold.shares,
            !ThresholdPublicKey.isAllowed(threshold: shares, shareholders: shareholders)
        {
            throw ValidationError(
                "--threshold is more than half of the \(shareholders) shareholders, at least 2 and no more than they are"
            )
        }
    }

    /// Refuses options that would have no effect.
    func validate() throws {
        guard backend == .masking else { return }
        if masksInside || opening != .partial || key != .p3072 {
            throw ValidationError("--key, --opening and --masks-inside are for --backend paillier")
        }
    }
}
