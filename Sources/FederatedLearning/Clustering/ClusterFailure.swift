/// Why a clustered round refused its input.
public enum ClusterFailure: Error, Equatable, Sendable {
    /// The gate forbids it.
    case gate(GateRefusal)
    /// The numbers do not fit.
    case learning(LearningFailure)

    static func gate<Value>(_ action: () throws(GateRefusal) -> Value) throws(ClusterFailure) -> Value {
        do throws(GateRefusal) { return try action() } catch { throw .gate(error) }
    }

    static func learning<Value>(_ action: () throws(LearningFailure) -> Value) throws(ClusterFailure) -> Value {
        do throws(LearningFailure) { return try action() } catch { throw .learning(error) }
    }
}
