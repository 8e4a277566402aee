import CryptoPrimitives
import SecAggSimulation

@testable import PaillierAggregation

/// A dealt key with all its shares in one place, as no real party ever has them.
final class ThresholdParties: Sendable {
    final class Box: Sendable {
        let share: KeyShare
        init(_ share: consuming KeyShare) { self.share = share }
    }

    let key: ThresholdPublicKey
    let boxes: [Box]

    init(_ threshold: Int, of shareholders: Int, seed: UInt64, parameters: PaillierParameters = .p2048) throws {
        var source: any RandomSource = SeededRandomSource(seed: seed)
        var boxes: [Box] = []
        key = try DealerCeremony.deal(
            parameters, threshold: threshold, shareholders: shareholders, from: &source
        ) { boxes.append(Box($0)) }
        self.boxes = boxes
    }

    static let twoOfThree = Result { try ThresholdParties(2, of: 3, seed: 1) }
    static let sixOfTen = Result { try ThresholdParties(6, of: 10, seed: 2) }
    static let majorityOfFifty = Result { try ThresholdParties(26, of: 50, seed: 3) }

    static func parties(_ threshold: Int) throws -> ThresholdParties {
        switch threshold {
        case 2: try twoOfThree.get()
        case 6: try sixOfTen.get()
        default: try majorityOfFifty.get()
        }
    }

    func share(_ holder: Int) -> Box { boxes[holder - 1] }

    var packing: PlaintextPacking {
        get throws {
            try PlaintextPacking(
                modulusBits: key.publicKey.parameters.modulusBits, valueBound: 1 << 31, participants: 50)
        }
    }

    static let session = Digest(Bytes32())

    /// Random inputs of some senders, encrypted, and their sum in the clear.
    func contributions(
        _ senders: Int, dimension: Int, seed: UInt64
    ) throws -> (vectors: [(sender: UInt32, ciphertexts: CiphertextVector)], sum: [Int64]) {
        var source: any RandomSource = SeededRandomSource(seed: seed, label: "inputs")
        let encryptor = Encryptor(key.publicKey)
        let packing = try packing
        var sum = [Int64](repeating: 0, count: dimension)
        var vectors: [(sender: UInt32, ciphertexts: CiphertextVector)] = []
        for sender in 0..<senders {
            var values = [Int32](repeating: 0, count: dimension)
            values.withUnsafeMutableBytes { source.fill($0) }
            let wide = values.map(Int64.init)
            for i in 0..<dimension { sum[i] += wide[i] }
            let plaintexts = try packing.encode(wide, for: key.publicKey)
            vectors.append((UInt32(sender), try encryptor.encrypt(plaintexts, from: &source)))
        }
        return (vectors, sum)
    }

    func request(
        _ mode: OpeningMode, _ vectors: [(sender: UInt32, ciphertexts: CiphertextVector)], round: UInt64 = 1,
        session: Digest = ThresholdParties.session
    ) throws -> OpeningRequest {
        try OpeningRequest(mode: mode, session: session, round: round, contributions: vectors, key: key)
    }

    func open(_ holders: [Int], _ request: OpeningRequest, seed: UInt64 = 9) throws -> [PartialOpening] {
        var source: any RandomSource = SeededRandomSource(seed: seed, label: "open")
        var partials: [PartialOpening] = []
        for holder in holders { partials.append(try share(holder).share.open(request, key: key, from: &source)) }
        return partials
    }
}

extension PartialOpening {
    /// The same with other parts: for tests of what is refused.
    func changed(
        holder: Int? = nil, values: [UInt64]? = nil, statement: Digest? = nil, proof: EqualExponentProof? = nil
    ) -> PartialOpening {
        PartialOpening(
            mode: mode, holder: holder ?? self.holder, keyID: keyID, statement: statement ?? self.statement,
            count: count, values: values ?? self.values, proof: proof ?? self.proof)
    }
}
