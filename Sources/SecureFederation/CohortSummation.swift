public import CryptoPrimitives
public import FederatedLearning
public import RingVectors
public import SecureAggregation

/// Sums over chosen members of a consortium, each set of members in a session of its own: groups, asynchronous cohorts.
///
/// Masks need a fixed roster, so a set of members is one roster; its keys are kept as long as the same set comes again. A set
/// below the minimum is refused before anybody deals a key. Like `SecureSummation` it plays everybody and gives no privacy.
public final class CohortSummation {
    /// The settings of each session; the number of companies is the set's.
    public let settings: SecureSummation.Settings
    /// The fewest members of a set, at least 3: with 2 each would learn the other's input.
    public let minimumSize: Int
    /// How many sets are kept at most.
    public static let keptSessions = 64

    private let random: (RandomStream) -> any RandomSource
    private var sessions: [(members: [Int], summation: SecureSummation)] = []
    private var opened = 0

    /// Sets nothing up yet.
    ///
    /// - Parameters:
    ///   - random: a source for each purpose of each session.
    public init(
        _ settings: SecureSummation.Settings, minimumSize: Int = 3,
        random: @escaping (RandomStream) -> any RandomSource
    ) {
        precondition(minimumSize >= 3, "a sum that shows a member's input")
        self.settings = settings
        self.minimumSize = minimumSize
        self.random = random
    }

    /// How many sessions were set up so far.
    public var sessionCount: Int { opened }

    /// The thresholds of a session over so many members; throws `cohortTooSmall` or `plan`.
    public func plan(members: Int) throws(FederationFailure) -> Plan {
        guard members >= minimumSize else { throw .cohortTooSmall(found: members, minimum: minimumSize) }
        do throws(PlanRefusal) {
            return try settings(members).plan()
        } catch {
            throw .plan(error)
        }
    }

    /// Sums one upload a member, all of one schema.
    ///
    /// - Parameters:
    ///   - members: distinct, in the order of the uploads.
    ///   - survivors: how many of them must be in the sum.
    /// - Returns: the sum; `survivors` are places in `members`.
    /// - Throws: `cohortTooSmall`, `plan`, or what `SecureSummation` throws.
    public func sum(
        over members: [Int], _ uploads: [Upload], bits: Int, rounding: FixedPointCodec.Rounding,
        model: ParameterVector? = nil, dropouts: [Int: DropoutStep] = [:], survivors: SurvivorDemand = SurvivorDemand()
    ) throws(FederationFailure) -> SummedUploads {
        precondition(members.count == uploads.count && Set(members).count == members.count, "one upload a member")
        let session = try session(members)
        do throws(FederationFailure) {
            return try session.sum(
                uploads, bits: bits, rounding: rounding, model: model, dropouts: dropouts, survivors: survivors)
        } catch {
            // a session whose round was given up half-way is not gone on with
            if case .round = error { sessions.removeAll { $0.members == members } }
            throw error
        }
    }

    private func settings(_ members: Int) -> SecureSummation.Settings {
        var settings = self.settings
        settings.companies = members
        return settings
    }

    private func session(_ members: [Int]) throws(FederationFailure) -> SecureSummation {
        if let known = sessions.first(where: { $0.members == members }) { return known.summation }
        guard members.count >= minimumSize else {
            throw .cohortTooSmall(found: members.count, minimum: minimumSize)
        }
        let number = opened
        let summation = try SecureSummation(settings(members.count)) { random(.session(number, $0)) }
        opened += 1
        sessions.append((members, summation))
        if sessions.count > Self.keptSessions { sessions.removeFirst() }
        return summation
    }
}
