public import CryptoPrimitives
public import DifferentialPrivacy
public import FederatedLearning

/// What the training of a model has cost in privacy.
/// Source: model-life section 6
public struct PrivacySpent: Hashable, Sendable {
    /// Bound on the loss.
    public let epsilon: Epsilon
    /// Probability beside the bound.
    public let delta: Delta
    /// Whose presence is hidden.
    public let unit: PrivacyUnit

    /// Joins the figures; there are no defaults.
    public init(epsilon: Epsilon, delta: Delta, unit: PrivacyUnit) {
        self.epsilon = epsilon
        self.delta = delta
        self.unit = unit
    }
}

/// How inputs are made from recordings: a name and number that the code knows, and its settings.
/// Source: model-life section 6
public struct FeatureRecipe: Hashable, Sendable {
    /// Which code makes the features.
    public let name: String
    /// Its number: another way of making the same features is another number.
    public let version: UInt64
    /// Its settings, finite.
    public let settings: [String: Double]

    /// Describes a recipe.
    public init(name: String, version: UInt64, settings: [String: Double]) {
        self.name = name
        self.version = version
        self.settings = settings
    }
}

/// A model with all that one must know to use it and to trace where it came from.
///
/// The hash is over everything: a bundle that reads as itself has not been altered since it was hashed. It is no signature:
/// whoever can replace the bundle and every mention of its hash can replace the model.
/// Source: model-life section 6
public struct ModelBundle: Equatable, Sendable {
    /// Counts up along a line of bundles.
    public let version: UInt64
    /// The hash of the bundle this one follows; nil for the first.
    public let parent: Digest?
    /// The hash of the transcript of the round that made the model.
    public let transcript: Digest
    /// How many companies were in that round's sum, at least 1.
    public let cohortSize: Int
    /// What training has cost; nil when no guarantee is given.
    public let privacy: PrivacySpent?
    /// For each tensor of the layout whether it was shared; a bundle of a shared model may leave private tensors at zero.
    public let isShared: [Bool]
    /// How inputs are made.
    public let features: FeatureRecipe
    /// What inputs are normalised with.
    public let normaliser: GroupNormaliser
    /// Named thresholds of alarms, finite.
    public let thresholds: [String: Double]
    /// The model.
    public let parameters: ParameterVector
    /// The hash of `bytes` less the hash itself: the name of the bundle.
    public let hash: Digest
    /// The bundle as it is stored.
    public let bytes: [UInt8]

    /// The largest description, bytes.
    public static let mostDescriptionBytes = 1 << 20

    /// Makes a bundle.
    ///
    /// Throws `invalidField` for a cohort below 1, a mask of another length than the layout's tensors, or a number that is
    /// none; `tooLarge` for a description above 1 MiB. The transcript's hash is the caller's: what the round's parties signed.
    public init(
        version: UInt64, parent: Digest?, transcript: Digest, cohortSize: Int, privacy: PrivacySpent?, isShared: [Bool],
        features: FeatureRecipe, normaliser: GroupNormaliser, thresholds: [String: Double], parameters: ParameterVector
    ) throws(BundleFailure) {
        guard cohortSize >= 1, isShared.count == parameters.layout.segments.count,
            parameters.values.allSatisfy(\.isFinite), parameters.values.count <= Int(UInt32.max),
            (normaliser.means + normaliser.factors).allSatisfy(\.isFinite),
            thresholds.values.allSatisfy(\.isFinite), features.settings.values.allSatisfy(\.isFinite)
        else { throw .invalidField }
        self.version = version
        self.parent = parent
        self.transcript = transcript
        self.cohortSize = cohortSize
        self.privacy = privacy
        self.isShared = isShared
        self.features = features
        self.normaliser = normaliser
        self.thresholds = thresholds
        self.parameters = parameters
        let description = try BundleDescription.encode(
            version: version, parent: parent, transcript: transcript, cohortSize: cohortSize, privacy: privacy,
            isShared: isShared, features: features, normaliser: normaliser, thresholds: thresholds,
            parameters: parameters)
        guard description.count <= Self.mostDescriptionBytes else { throw .tooLarge }
        (bytes, hash) = BundleEnvelope.seal(description, parameters.values)
    }

    /// Reads a bundle and checks everything: form, digest, canonical description, that the parts fit together.
    ///
    /// Throws `BundleFailure`, one case a fault. Memory: some tens of bytes a byte of the description, four a parameter.
    public init(reading bytes: [UInt8]) throws(BundleFailure) {
        let parts = try BundleEnvelope.open(bytes)
        let found = try BundleDescription.decode(parts.description, parameters: parts.parameters)
        self = found
        guard self.bytes == bytes else { throw .notCanonical }
    }
}
