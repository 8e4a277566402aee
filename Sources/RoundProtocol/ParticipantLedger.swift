package import CryptoPrimitives
package import WireFormat

/// What a participant remembers across epochs, so that no round, input or survivor set is used twice.
///
/// Source: attacks rows 7, 8, 23
package struct ParticipantLedger: Hashable, Sendable {
    /// The highest epoch accepted; only a higher one is accepted next.
    package private(set) var epoch: UInt64?
    /// The highest round entered; only a higher one is entered next.
    package private(set) var round: UInt64?
    /// The last round in which something was masked, and the digest of what was: the burn mark.
    package private(set) var lastInput: (round: UInt64, digest: Digest)?
    /// The one survivor set signed for each model.
    private var survivorSets: [Digest: Digest] = [:]
    private var models: [Digest] = []
    /// Sums opened over each survivor set.
    private var uses: [Digest: UInt32] = [:]
    /// Tokens of inputs that have been masked.
    private var tokens: Set<Bytes32> = []

    /// Models remembered at least; older ones are forgotten first.
    package static let rememberedModels = 65_536

    package init() {}

    /// Whether an input has been masked before.
    package func isConsumed(_ token: Bytes32) -> Bool { tokens.contains(token) }

    /// Sums opened so far over a survivor set.
    package func uses(of survivors: Digest) -> Int { Int(uses[survivors] ?? 0) }

    /// The survivor set signed for a model, if any.
    package func survivors(for model: Digest) -> Digest? { survivorSets[model] }

    package mutating func enter(epoch: UInt64) { self.epoch = epoch }

    package mutating func enter(round: UInt64) { self.round = round }

    package mutating func consume(_ token: Bytes32, round: UInt64, inputDigest: Digest) {
        tokens.insert(token)
        lastInput = (round, inputDigest)
    }

    package mutating func record(survivors: Digest, for model: Digest) {
        if survivorSets.updateValue(survivors, forKey: model) == nil {
            models.append(model)
            if models.count > 2 * Self.rememberedModels {
                for old in models.prefix(Self.rememberedModels) { survivorSets[old] = nil }
                models.removeFirst(Self.rememberedModels)
            }
        }
    }

    package mutating func countUse(of survivors: Digest) { uses[survivors, default: 0] += 1 }

    package static func == (left: Self, right: Self) -> Bool { left.encoded() == right.encoded() }

    package func hash(into hasher: inout Hasher) { hasher.combine(encoded()) }

    package func encoded() -> [UInt8] {
        var writer = ByteWriter(reserving: 128 + 64 * models.count + 36 * uses.count + 32 * tokens.count)
        Self.write(epoch, to: &writer)
        Self.write(round, to: &writer)
        Self.write(lastInput?.round, to: &writer)
        writer.bytes32((lastInput?.digest ?? Digest(Bytes32())).value)
        writer.count(models.count)
        for model in models {
            writer.bytes32(model.value)
            writer.bytes32((survivorSets[model] ?? Digest(Bytes32())).value)
        }
        writer.count(uses.count)
        for (survivors, count) in uses.sorted(by: { $0.key < $1.key }) {
            writer.bytes32(survivors.value)
            writer.u32(count)
        }
        writer.count(tokens.count)
        for token in tokens.sorted() { writer.bytes32(token) }
        return writer.bytes
    }

    package init(reading reader: inout ByteReader) throws(DecodingFailure) {
        epoch = try Self.readOptional(&reader)
        round = try Self.readOptional(&reader)
        let inputRound = try Self.readOptional(&reader)
        let inputDigest = Digest(try reader.bytes32())
        guard inputRound != nil || inputDigest == Digest(Bytes32()) else { throw .nonCanonical }
        lastInput = inputRound.map { ($0, inputDigest) }
        for _ in 0..<(try reader.count(limit: 4 * Self.rememberedModels, elementBytes: 64)) {
            let model = Digest(try reader.bytes32())
            models.append(model)
            guard survivorSets.updateValue(Digest(try reader.bytes32()), forKey: model) == nil else {
                throw .nonCanonical
            }
        }
        var last: Bytes32?
        for _ in 0..<(try reader.count(limit: .max, elementBytes: 36)) {
            let survivors = Digest(try reader.bytes32())
            try Self.requireAscending(&last, survivors.value)
            uses[survivors] = try reader.u32()
        }
        last = nil
        for _ in 0..<(try reader.count(limit: .max, elementBytes: 32)) {
            let token = try reader.bytes32()
            try Self.requireAscending(&last, token)
            tokens.insert(token)
        }
    }

    private static func requireAscending(_ last: inout Bytes32?, _ next: Bytes32) throws(DecodingFailure) {
        if let last, last >= next { throw .nonCanonical }
        last = next
    }

    private static func write(_ value: UInt64?, to writer: inout ByteWriter) {
        writer.u8(value == nil ? 0 : 1)
        writer.u64(value ?? 0)
    }

    private static func readOptional(_ reader: inout ByteReader) throws(DecodingFailure) -> UInt64? {
        let (present, value) = (try reader.u8(), try reader.u64())
        guard present == 1 || (present == 0 && value == 0) else { throw .nonCanonical }
        return present == 0 ? nil : value
    }
}
