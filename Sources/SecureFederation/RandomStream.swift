/// What a random source of a loopback session is drawn for; each gets a source of its own, so that what one shows
/// (a nonce) says nothing about what another hides (a key), even when the sources are seeded.
public enum RandomStream: Hashable, Sendable {
    /// A participant's identity, epoch keys, polynomials and box nonces.
    case participant(Int)
    /// The nonces of a participant's sealed records.
    case participantSealing(Int)
    /// The coordinator's identity and the nonces of its sealed records.
    case coordinator
    /// The dealer's primes, polynomials and proofs.
    case dealer
    /// The numbers of input tokens.
    case tokens
    /// The quantiser's rounding.
    case rounding
    /// A participant's share of the noise.
    case noise(Int)
    /// The same in one of several sessions of a run.
    indirect case session(Int, RandomStream)

    /// A name that tells the streams apart.
    public var label: String {
        switch self {
        case .participant(let index): "participant \(index)"
        case .participantSealing(let index): "participant \(index) sealing"
        case .coordinator: "coordinator"
        case .dealer: "dealer"
        case .tokens: "tokens"
        case .rounding: "rounding"
        case .noise(let index): "noise \(index)"
        case .session(let number, let stream): "session \(number) \(stream.label)"
        }
    }
}
