internal import CryptoPrimitives
internal import PaillierAggregation
internal import RoundProtocol

/// How the sums of a run under encryption are opened.
///
/// Source: simulation section 7
struct OpeningTerms {
    var dealt: ToyThresholdKey
    var mode: OpeningMode
    var masksInside: Bool

    /// Two of three, by partial decryption.
    static let plain = OpeningTerms(dealt: .twoOfThree, mode: .partialDecryption, masksInside: false)

    init(dealt: ToyThresholdKey, mode: OpeningMode, masksInside: Bool) {
        (self.dealt, self.mode, self.masksInside) = (dealt, mode, masksInside)
    }

    /// Drawn from the seed, by decisions of its own.
    init(seed: UInt64) {
        var chance = SimulatedChance(seed: seed, stream: 5)
        dealt = chance.pick([.twoOfThree, .threeOfFour])
        mode = chance.happens(300) ? .jointRoot : .partialDecryption
        masksInside = chance.happens(200)
    }

    var policy: OpeningPolicy { OpeningPolicy(modes: [mode], requiresMasksInside: masksInside) }
}

extension SimulatedTerms {
    /// The same terms for sums under encryption, which have no sparse graph; masks inside allow one round a session, and rings
    /// that leave room in a slot of 64 bits.
    func opened(by opening: OpeningTerms) -> SimulatedTerms {
        var terms = self
        terms.opening = opening
        if neighbours != nil { (terms.neighbours, terms.participants) = (nil, participants - 4) }
        if opening.masksInside { (terms.roundsPerEpoch, terms.bits) = (1, min(terms.bits, 48)) }
        return terms
    }

    func sumParameters(at now: Instant) -> SumParameters {
        SumParameters(
            rounds: roundsPerEpoch, colluders: colluders, mode: opening.mode, masksInside: opening.masksInside,
            joinDeadline: now.advanced(byMilliseconds: stepMilliseconds))
    }

    /// Bytes of one contribution.
    var contributionBytes: Int {
        let bytes = try? PaillierCoordinator.contributionBytes(
            dimension: dimension, ringBits: bits, valueBound: valueBound, participants: participants,
            masksInside: opening.masksInside, parameters: opening.dealt.key.publicKey.parameters)
        guard let bytes else { preconditionFailure("terms of a run leave room for a sum") }
        return bytes
    }
}
