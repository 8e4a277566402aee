/// A block of numbers in [-1, 1] uploaded twice: on a grid of 2^-20, and what the grid leaves, blown up to fill a bound of 1.
///
/// A sum over companies is rounded to the grid again, which removes the quantiser's error as long as that is below half
/// a grid step; the rests then carry the digits below. Both steps are exact in double precision.
/// Source: federated-ridge section 1
enum SplitNumbers {
    /// Steps of the grid in 1.
    static let grid = 0x1p20

    /// The name of the block that follows `name`.
    static func rest(of name: String) -> String { name + " rest" }

    /// The numbers on the grid, then their rests times 2^20, in [-1/2, 1/2].
    static func split(_ numbers: [Double]) -> [Double] {
        let coarse = numbers.map { ($0 * grid).rounded() / grid }
        return coarse + zip(numbers, coarse).map { ($0 - $1) * grid }
    }

    /// The sums of a block and its rest, or nil where the schema has no such blocks.
    static func joined(_ sum: AggregateSum, _ name: String) -> [Double]? {
        guard let coarse = sum.block(name), let rests = sum.block(rest(of: name)), coarse.count == rests.count else {
            return nil
        }
        return zip(coarse, rests).map { ($0 * grid).rounded() / grid + $1 / grid }
    }
}
