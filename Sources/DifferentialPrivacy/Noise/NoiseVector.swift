internal import CryptoPrimitives

/// What noise is drawn from.
public enum NoiseLaw: Hashable, Sendable {
    /// A discrete Gaussian, a participant's share of the noise of a sum.
    case gaussian(DiscreteGaussian)
    /// A discrete Laplace law, for counts.
    case laplace(DiscreteLaplace)
}

/// Integer noise for one vector, drawn before there are data: one owner, added once, wiped when it goes.
///
/// > Important: drawing takes a time that depends on the noise. Draw before data exist and send at a fixed deadline;
///   adding takes
///   the same time whatever the noise and the values.
///
/// Source: discrete-gaussian section 4
public struct NoiseVector: ~Copyable, Sendable {
    /// The largest dimension, 2^28: keeps one key's keystream from running out.
    public static let largestDimension = 1 << 28

    /// What every element was drawn from, independently.
    public let law: NoiseLaw
    /// The laws of further independent draws that were added to every element: removable components.
    public private(set) var added: [NoiseLaw] = []
    /// The round the noise is for.
    public let round: UInt64
    /// What the noise is for.
    public let purpose: NoisePurpose
    /// Where the key came from.
    public let provenance: NoiseProvenance

    private let storage: NoiseStorage

    /// The number of elements.
    public var count: Int { storage.count }

    /// Draws `dimension` independent elements of `law`, in grid units, and spends the key.
    ///
    /// Throws `invalidField(.dimension)` unless `dimension` is 1...2^28. About 100 ns and 8 bytes an element.
    /// Source: discrete-gaussian section 4
    public init(_ law: NoiseLaw, dimension: Int, key: consuming NoiseKey) throws(NoiseRefusal) {
        guard (1...Self.largestDimension).contains(dimension) else { throw .invalidField(.dimension) }
        self.law = law
        round = key.round
        purpose = key.purpose
        provenance = key.provenance
        storage = NoiseStorage(count: dimension)
        var stream = NoiseStream(key)
        switch law {
        case .gaussian(let law): unsafe Self.fill(storage.values, from: &stream) { law.draw(from: &$0) }
        case .laplace(let law): unsafe Self.fill(storage.values, from: &stream) { law.draw(from: &$0) }
        }
    }

    /// Adds the noise to grid values, unclamped, and wipes it.
    ///
    /// Throws `dimensionMismatch`, or `valueOutOfRange` when a magnitude reaches 2^62, before anything has changed; the
    /// noise is gone in either case. The sum cannot overflow: noise stays below 2^48. About a nanosecond an element.
    /// Source: discrete-gaussian section 4
    public consuming func add(to values: inout [Int64]) throws(NoiseRefusal) {
        guard values.count == storage.count else { throw .dimensionMismatch(expected: storage.count) }
        var excess: UInt64 = 0
        for value in values { excess |= UInt64(bitPattern: value ^ (value &<< 1)) }
        guard excess >> 63 == 0 else { throw .valueOutOfRange }
        let noise = unsafe storage.values
        unsafe values.withUnsafeMutableBufferPointer { values in
            for index in 0..<noise.count { unsafe values[index] &+= noise[index] }
        }
    }

    /// Adds independent noise of the same round and purpose to every element. The caller keeps the number of laws below
    /// 2^12, so that elements stay below 2^48.
    mutating func include(_ other: consuming NoiseVector) {
        precondition(other.count == count && other.round == round && other.purpose == purpose, "noise of another sum")
        added.append(other.law)
        added.append(contentsOf: other.added)
        unsafe other.combine(into: storage.values, 1)
    }

    /// Takes the noise off again, modulo 2^64, and wipes it; the counts are equal (a precondition).
    consuming func subtract(from values: inout [Int64]) {
        precondition(values.count == count, "noise of another dimension")
        unsafe values.withUnsafeMutableBufferPointer { unsafe combine(into: $0, -1) }
    }

    private borrowing func combine(into values: UnsafeMutableBufferPointer<Int64>, _ sign: Int64) {
        let noise = unsafe storage.values
        for index in 0..<noise.count { unsafe values[index] &+= sign &* noise[index] }
    }

    /// The elements, for tests.
    borrowing func copiedValues() -> [Int64] {
        unsafe Array(storage.values)
    }

    @inline(__always)
    private static func fill(
        _ values: UnsafeMutableBufferPointer<Int64>, from stream: inout NoiseStream,
        _ draw: (inout NoiseStream) -> Int64
    ) {
        for index in 0..<values.count { unsafe values[index] = draw(&stream) }
    }
}

/// The elements of one noise vector, wiped when the owner goes.
///
/// Sendable: the stored property never changes, and the memory behind it is written by the initialiser of the one
/// noncopyable owner alone, before anybody else can have it.
@safe
private final class NoiseStorage: @unchecked Sendable {
    let values: UnsafeMutableBufferPointer<Int64>

    var count: Int { unsafe values.count }

    init(count: Int) {
        unsafe values = UnsafeMutableBufferPointer.allocate(capacity: count)
        unsafe values.initialize(repeating: 0)
    }

    deinit {
        unsafe wipe(UnsafeMutableRawBufferPointer(values))
        unsafe values.deallocate()
    }
}
