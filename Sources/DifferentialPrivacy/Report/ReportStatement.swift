public import CryptoPrimitives

/// What the maker of a report says beyond the ledger. Nothing here can improve the figure; several members can take it
/// away.
/// Source: privacy-report section 2
public struct ReportStatement: Hashable, Sendable {
    /// What made the report.
    public struct Generator: Hashable, Sendable {
        /// Version of the library.
        public var version: String
        /// Commit of its sources.
        public var commit: String
        /// Compiler that built it.
        public var compiler: String

        /// The members in order of declaration.
        public init(version: String, commit: String, compiler: String) {
            self.version = version
            self.commit = commit
            self.compiler = compiler
        }
    }

    /// One company of the federation.
    public struct Participant: Hashable, Sendable {
        /// A name that tells nothing to outsiders.
        public var pseudonym: String
        /// The key it signs with.
        public var key: VerifyingKey
        /// Its part of the machines or examples, as published.
        public var weight: Double
        /// What its units risk under more or fewer colluders; nil where it was not worked out.
        public var collusion: CollusionRisk?

        /// The members in order of declaration.
        public init(pseudonym: String, key: VerifyingKey, weight: Double, collusion: CollusionRisk?) {
            self.pseudonym = pseudonym
            self.key = key
            self.weight = weight
            self.collusion = collusion
        }
    }

    /// The training procedure, and whether it bounds what one unit can move.
    public struct Procedure: Hashable, Sendable {
        /// Its name.
        public var name: String
        /// Whether it was admitted for the ledger's unit.
        public var isAdmitted: Bool
        /// Why, or why not.
        public var reason: String

        /// The members in order of declaration.
        public init(name: String, isAdmitted: Bool, reason: String) {
            self.name = name
            self.isAdmitted = isAdmitted
            self.reason = reason
        }
    }

    /// How one unit's vector is bounded.
    public struct Clip: Hashable, Sendable {
        /// Flat, per layer, adaptive.
        public var kind: String
        /// The bound in units of the model.
        public var boundReal: Double
        /// Who enforces it, where and when.
        public var enforcement: String
        /// Whether that was checked to be so.
        public var isEnforced: Bool

        /// The members in order of declaration.
        public init(kind: String, boundReal: Double, enforcement: String, isEnforced: Bool) {
            self.kind = kind
            self.boundReal = boundReal
            self.enforcement = enforcement
            self.isEnforced = isEnforced
        }
    }

    /// How reals become ring elements.
    public struct Encoding: Hashable, Sendable {
        /// The width of a grid step, units of the model.
        public var grid: Double
        /// Bits of a ring element: 8 ... 64.
        public var modulusBits: Int
        /// A rotation before rounding; nil for none.
        public var rotation: String?

        /// The members in order of declaration.
        public init(grid: Double, modulusBits: Int, rotation: String?) {
            self.grid = grid
            self.modulusBits = modulusBits
            self.rotation = rotation
        }
    }

    /// Runs that looked at the same data.
    public struct Tuning: Hashable, Sendable {
        /// How many, besides the one reported.
        public var runs: Int
        /// Whether all of them are in the ledger.
        public var isAccounted: Bool

        /// The members in order of declaration.
        public init(runs: Int, isAccounted: Bool) {
            self.runs = runs
            self.isAccounted = isAccounted
        }
    }

    /// An empirical lower bound.
    public struct Audit: Hashable, Sendable {
        /// How it was found.
        public var method: String
        /// Canaries or draws.
        public var canaries: Int
        /// At least this was spent, with the confidence below.
        public var epsilonLower: Double
        /// Between 0 and 1.
        public var confidence: Double

        /// The members in order of declaration.
        public init(method: String, canaries: Int, epsilonLower: Double, confidence: Double) {
            self.method = method
            self.canaries = canaries
            self.epsilonLower = epsilonLower
            self.confidence = confidence
        }
    }

    /// The report's own name.
    public var reportID: String
    /// When it was made, UTC: 2026-01-31T09:00:00Z. The library has no clock.
    public var created: String
    /// What made it.
    public var generator: Generator
    /// Where the noise came from. Anything but the operating system takes the guarantee away.
    public var provenance: NoiseProvenance
    /// The companies.
    public var participants: [Participant]
    /// What is outside the guarantee.
    public var notCovered: [String]
    /// The unit in words.
    public var unitDefinition: String
    /// Units in the data, as published; nil when that is not public.
    public var population: Int?
    /// Who is trusted with what.
    public var trustModel: String
    /// Whether the floor of survivors and the independence of members were enforced, not merely hoped for.
    public var isTrustVerified: Bool
    /// Why this delta.
    public var deltaReason: String
    /// The training procedure.
    public var procedure: Procedure
    /// The clip.
    public var clip: Clip
    /// The encoding.
    public var encoding: Encoding
    /// Who tosses the coins of a sampled schedule; what makes sure of it.
    public var samplingEnforcedBy: String
    /// Whether that was attested. Only a sampled schedule needs it.
    public var isSamplingVerified: Bool
    /// Runs for tuning.
    public var tuning: Tuning
    /// A self-audit; nil for none.
    public var audit: Audit?

    /// The members in order of declaration.
    public init(
        reportID: String, created: String, generator: Generator, provenance: NoiseProvenance,
        participants: [Participant], notCovered: [String], unitDefinition: String, population: Int?,
        trustModel: String, isTrustVerified: Bool, deltaReason: String, procedure: Procedure, clip: Clip,
        encoding: Encoding, samplingEnforcedBy: String, isSamplingVerified: Bool, tuning: Tuning, audit: Audit?
    ) {
        self.reportID = reportID
        self.created = created
        self.generator = generator
        self.provenance = provenance
        self.participants = participants
        self.notCovered = notCovered
        self.unitDefinition = unitDefinition
        self.population = population
        self.trustModel = trustModel
        self.isTrustVerified = isTrustVerified
        self.deltaReason = deltaReason
        self.procedure = procedure
        self.clip = clip
        self.encoding = encoding
        self.samplingEnforcedBy = samplingEnforcedBy
        self.isSamplingVerified = isSamplingVerified
        self.tuning = tuning
        self.audit = audit
    }
}

/// What a participant's units risk, upper bounds on epsilon at the budget's delta; infinity where nothing is proven.
/// Source: privacy-report section 2
public struct CollusionRisk: Hashable, Sendable {
    /// Nobody colludes.
    public var none: Double
    /// The planned number of members colludes.
    public var design: Double
    /// All other members collude.
    public var all: Double

    /// The members in order of declaration.
    public init(none: Double, design: Double, all: Double) {
        self.none = none
        self.design = design
        self.all = all
    }
}
