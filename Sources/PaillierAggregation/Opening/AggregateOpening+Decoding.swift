extension AggregateOpening {
    /// The sum that was opened: coordinates and weight, refused unless it counts exactly the request's contributors.
    ///
    /// Throws `openingRejected` for another request, and what `PlaintextPacking.decode` throws.
    ///
    /// Source: paillier "Packing"
    public func decode(
        _ packing: PlaintextPacking, dimension: Int, request: OpeningRequest, key: ThresholdPublicKey
    ) throws(PaillierFailure) -> (values: [Int64], weight: UInt64) {
        guard statement == request.statement else { throw .openingRejected }
        let sum = try PlaintextVector(limbs: plaintexts, key: key.publicKey, codecID: request.aggregate.codecID)
        return try packing.decode(
            sum, dimension: dimension, expectedCount: request.contributors.count, for: key.publicKey)
    }
}
