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
