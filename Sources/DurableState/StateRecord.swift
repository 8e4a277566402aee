/// One sealed state with its name and generation; what a store keeps, and nothing secret.
/// Source: durability section 1
public struct StateRecord: Sendable, Equatable {
    /// Which state this is.
    public let name: RecordName
    /// Grows with every commit of the name.
    public let generation: UInt64
    /// nonce || ciphertext || tag of the state.
    public let sealed: [UInt8]

    /// A record of already sealed bytes.
    public init(name: RecordName, generation: UInt64, sealed: [UInt8]) {
        self.name = name
        self.generation = generation
        self.sealed = sealed
    }
}
