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
}
