internal import ArgumentParser
internal import FederatedLearning
internal import PredictiveMaintenance
internal import SecureFederation

/// How companies train together, beyond plain averaging.
struct MethodOptions: ParsableArguments {
    /// A strategy.
    enum Strategy: String, ExpressibleByArgument, CaseIterable {
        case fedavg
        case fedprox
        case fednova
        case momentum
        case adagrad
        case adam
        case yogi
        case scaffold
        case buffered
    }

    /// A way to models of the companies' own.
    enum Personal: String, ExpressibleByArgument, CaseIterable {
        case none
        case finetune
        case fedper
        case fedrep
        case ditto
        case apfl
        case automatic

        var choice: PersonalChoice {
            switch self {
            case .none: .none
            case .finetune: .fineTuned
            case .fedper: .fedPer
            case .fedrep: .fedRep
            case .ditto: .ditto
            case .apfl: .apfl
            case .automatic: .automatic
            }
        }
    }

    /// A way to cluster.
    enum Clustering: String, ExpressibleByArgument, CaseIterable {
        case none
        case ifca
        case lloyd
    }

    /// A defence.
    enum Robustness: String, ExpressibleByArgument, CaseIterable {
        case none
        case mean
        case median
        case trimmed
        case geometric
        case krum
        case vote
    }

    /// An attack.
    enum Attack: String, ExpressibleByArgument, CaseIterable {
        case none
        case signFlip = "sign-flip"
        case signFlip10 = "sign-flip-10"
        case gaussian
        case labelFlip = "label-flip"
        case alie
        case ipm
        case replacement
        case backdoor
        case idle
        case disguised
        case echo

        var isFreeRiding: Bool { self == .idle || self == .disguised || self == .echo }
    }

    /// A valuation of groups.
    enum Contribution: String, ExpressibleByArgument, CaseIterable {
        case none
        case shapley
        case leaveOneOut = "leave-one-out"
    }

    @Option(name: .long, help: "How updates are made and absorbed; buffered closes cohorts of half the companies.")
    var strategy = Strategy.fedavg

    @Option(
        name: .customLong("personalize"),
        help: "A model of each company's own; automatic lets each one pick by validation.")
    var personalize = Personal.none

    @Option(name: .customLong("cluster"), help: "Several models in oblivious slots, chosen by loss or by secure Lloyd.")
    var clustering = Clustering.none

    @Option(name: .long, help: "Slots of --cluster, 2 to 8.")
    var slots = 2

    @Option(
        name: .long, help: "How sums of jointly random groups are brought to one; mean only splits into groups.")
    var robust = Robustness.none

    @Option(name: .long, help: "Groups of --robust and --contribution. Without it: companies / 4.")
    var groups: Int?

    @Option(
        name: .customLong("rounds-per-grouping"), help: "Rounds after which groups are drawn anew. Without it: never.")
    var roundsPerGrouping: Int?

    @Option(name: .long, help: "Attackers that --robust must withstand. Without it: the saboteurs of --attack.")
    var attackers: Int?

    @Flag(name: .customLong("norm-bound"), help: "Bound norms by twice the median norm, from a secure histogram.")
    var normBound = false

    @Option(name: .long, help: "What saboteurs do in this rehearsal.")
    var attack = Attack.none

    @Option(name: .long, help: "How many saboteurs --attack has. Without it: a tenth of the companies, at least 1.")
    var saboteurs: Int?

    @Option(name: .long, help: "Value groups over rounds; groups are then drawn anew each round unless told otherwise.")
    var contribution = Contribution.none

    func validate() throws {
        if !(2...8).contains(slots) { throw ValidationError("--slots is in 2...8") }
        if let groups, !(1...64).contains(groups) { throw ValidationError("--groups is in 1...64") }
        if let roundsPerGrouping, roundsPerGrouping < 1 {
            throw ValidationError("--rounds-per-grouping is at least 1")
        }
        if let attackers, attackers < 0 { throw ValidationError("--attackers is not negative") }
        if let saboteurs, saboteurs < 1 { throw ValidationError("--saboteurs is at least 1") }
        if saboteurs != nil && attack == .none { throw ValidationError("--saboteurs needs --attack") }
        if !isGrouped && (groups != nil || roundsPerGrouping != nil || attackers != nil || normBound) {
            throw ValidationError(
                "--groups, --rounds-per-grouping, --attackers and --norm-bound need --robust or --contribution")
        }
        if let clash { throw ValidationError(clash) }
    }

    /// How companies come to models of their own.
    var personal: PersonalChoice { personalize.choice }

    /// Whether groups are summed by themselves.
    var isGrouped: Bool { robust != .none || contribution != .none }

    /// Whether anything but plain averaging is asked for.
    var isPlain: Bool {
        strategy == .fedavg && personal == .none && clustering == .none && !isGrouped && attack == .none
    }

    /// Which two options exclude each other, if any.
    private var clash: String? {
        let averages: Set<Strategy> = [.fedavg, .fedprox, .momentum, .adagrad, .adam, .yogi]
        if clustering != .none {
            if isGrouped || attack != .none {
                return "--cluster goes with neither --robust, --contribution nor --attack"
            }
            if personal != .none { return "--cluster gives each company its slot's model; leave --personalize out" }
            if strategy != .fedavg { return "--cluster averages; leave --strategy out" }
        }
        if isGrouped && !averages.contains(strategy) {
            return "group sums are averages; \(strategy.rawValue) goes with neither --robust nor --contribution"
        }
        if attack != .none && !averages.contains(strategy) {
            return "saboteurs change averaged updates; \(strategy.rawValue) has none"
        }
        if personal.keepsHead && !averages.contains(strategy) {
            return "a private head goes with the averaging strategies; \(strategy.rawValue) is none"
        }
        if personal.keepsHead && (isGrouped || attack != .none) {
            return
                "candidates without a head cannot be judged; \(personal.rawValue) goes with neither --robust, --contribution nor --attack"
        }
        if strategy == .buffered && personal != .none { return "buffered cohorts keep no personal models" }
        return nil
    }

    /// How many groups.
    func groupCount(companies: Int) -> Int { groups ?? max(1, companies / 4) }

    /// How many saboteurs; 0 without an attack.
    func saboteurCount(companies: Int) -> Int {
        attack == .none ? 0 : saboteurs ?? max(1, companies / 10)
    }
}
