public import DifferentialPrivacy
public import FederatedLearning
public import RingVectors
public import RoundProtocol
public import SecureAggregation

/// Why a federated run stopped: which layer refused, with that layer's reason.
public enum FederationFailure: Error, Equatable, Sendable {
    /// No safe session can be planned.
    case plan(PlanRefusal)
    /// An upload cannot be encoded.
    case encoding(RingFailure)
    /// A sum was not opened.
    case round(Abort)
    /// Training or decoding refused its numbers.
    case learning(LearningFailure)
    /// The training carries no guarantee for the unit asked for.
    case procedure(ProcedureRefusal)
    /// The budget, or the events that spend it.
    case accounting(AccountingRefusal)
    /// No noise is planned or drawn, or the sum could wrap.
    case noise(NoiseRefusal)
    /// A clip, or more machines than the public cap.
    case clip(ClipRefusal)
    /// Noise that survivors can do without was not revealed or not taken off.
    case removal(RemovalRefusal)
    /// A count opens nothing, or a sum over slots is not admitted.
    case gate(GateRefusal)
    /// A robust rule or a vote cannot hold.
    case robustness(RobustnessRefusal)
    /// A contribution cannot be computed.
    case contribution(ContributionRefusal)
    /// A member of an asynchronous cohort is out of step.
    case cohort(CohortFailure)
    /// A sum over so few would show too much.
    case cohortTooSmall(found: Int, minimum: Int)
    /// A release was not charged; `budgetExceeded` when the budget is spent.
    case ledger(LedgerRefusal)

    /// Runs an encoding and names the layer of its failure.
    static func encoding<T>(_ body: () throws(RingFailure) -> T) throws(FederationFailure) -> T {
        do throws(RingFailure) {
            return try body()
        } catch {
            throw .encoding(error)
        }
    }

    /// Runs a round and names the layer of its failure.
    static func round<T>(_ body: () throws(Abort) -> T) throws(FederationFailure) -> T {
        do throws(Abort) {
            return try body()
        } catch {
            throw .round(error)
        }
    }

    /// Runs a step of learning and names the layer of its failure.
    public static func learning<T>(_ body: () throws(LearningFailure) -> T) throws(FederationFailure) -> T {
        do throws(LearningFailure) {
            return try body()
        } catch {
            throw .learning(error)
        }
    }

    /// Runs a step of a clustered round and names the layer of its failure.
    static func clustering<T>(_ body: () throws(ClusterFailure) -> T) throws(FederationFailure) -> T {
        do throws(ClusterFailure) {
            return try body()
        } catch {
            switch error {
            case .gate(let reason): throw .gate(reason)
            case .learning(let reason): throw .learning(reason)
            }
        }
    }

    /// Runs a step of a gate and names the layer of its failure.
    static func gate<T>(_ body: () throws(GateRefusal) -> T) throws(FederationFailure) -> T {
        do throws(GateRefusal) {
            return try body()
        } catch {
            throw .gate(error)
        }
    }

    /// Runs a step of an asynchronous cohort and names the layer of its failure.
    static func cohort<T>(_ body: () throws(CohortFailure) -> T) throws(FederationFailure) -> T {
        do throws(CohortFailure) {
            return try body()
        } catch {
            throw .cohort(error)
        }
    }

    /// Runs a step of a robust rule and names the layer of its failure.
    static func robustness<T>(_ body: () throws(RobustnessRefusal) -> T) throws(FederationFailure) -> T {
        do throws(RobustnessRefusal) {
            return try body()
        } catch {
            throw .robustness(error)
        }
    }

    /// Runs a step of clipping or noise and names the layer of its failure.
    static func privateSum<T>(_ body: () throws(PrivateSumRefusal) -> T) throws(FederationFailure) -> T {
        do throws(PrivateSumRefusal) {
            return try body()
        } catch {
            switch error {
            case .clip(let reason): throw .clip(reason)
            case .noise(let reason): throw .noise(reason)
            }
        }
    }

    /// Runs a step of noise and names the layer of its failure.
    static func noise<T: ~Copyable>(_ body: () throws(NoiseRefusal) -> T) throws(FederationFailure) -> T {
        do throws(NoiseRefusal) {
            return try body()
        } catch {
            throw .noise(error)
        }
    }

    /// Runs a step of accounting and names the layer of its failure.
    static func accounting<T>(_ body: () throws(AccountingRefusal) -> T) throws(FederationFailure) -> T {
        do throws(AccountingRefusal) {
            return try body()
        } catch {
            throw .accounting(error)
        }
    }

    /// Runs a step of a ledger and names the layer of its failure.
    static func ledger<T: ~Copyable>(_ body: () throws(LedgerRefusal) -> T) throws(FederationFailure) -> T {
        do throws(LedgerRefusal) {
            return try body()
        } catch {
            throw .ledger(error)
        }
    }
}
