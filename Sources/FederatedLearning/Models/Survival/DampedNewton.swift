/// Newton's method with step halving, one evaluation at a time: the caller evaluates `candidate`, however it can.
///
/// For convex functions it ends at the minimum from every start.
/// Source: aft section 3
struct DampedNewton: Sendable {
    /// The point whose loss, gradient and Hessian are wanted next; after convergence the answer.
    private(set) var candidate: [Double]
    /// The point of the least loss so far.
    private(set) var accepted: [Double]
    /// Whether the answer stands.
    private(set) var isConverged = false
    /// Evaluations absorbed so far.
    private(set) var evaluations = 0

    private let tolerance: Double
    private let positive: Int?
    private var loss = Double.infinity
    private var direction: [Double] = []
    private var fall = 0.0
    private var step = 1.0

    /// Starts at `point`; coordinate `positive` stays above zero. `tolerance` is the expected gain, relative to
    /// 1 + |loss|, below which a further step is not worth it.
    init(from point: [Double], positive: Int? = nil, tolerance: Double) {
        candidate = point
        accepted = point
        self.positive = positive
        self.tolerance = tolerance
    }

    /// Takes the loss and its derivatives at `candidate` and chooses the next one.
    ///
    /// Throws `notPositiveDefinite` when the Hessian has no inverse.
    mutating func absorb(
        loss found: Double, gradient: [Double], hessian: SymmetricMatrix
    ) throws(LearningFailure) {
        precondition(!isConverged, "a point was offered after the end")
        evaluations += 1
        let slack = tolerance * (1 + loss.magnitude)
        if evaluations > 1, !(found <= loss + 1e-4 * step * fall + slack) {
            step /= 2
            // a shorter step that promises no more than this is lost in the sums' own steps
            if step < 0x1p-40 || -fall * step <= tolerance * (1 + loss.magnitude) {
                candidate = accepted
                isConverged = true
            } else {
                candidate = zip(accepted, direction).map { $0 + step * $1 }
            }
            return
        }
        accepted = candidate
        loss = found
        direction = try hessian.solve(gradient).map { -$0 }
        fall = zip(gradient, direction).reduce(0) { $0 + $1.0 * $1.1 }
        if -fall <= tolerance * (1 + loss.magnitude) {
            isConverged = true
            return
        }
        step = 1
        if let positive, direction[positive] < 0 { step = min(1, -0.9 * accepted[positive] / direction[positive]) }
        candidate = zip(accepted, direction).map { $0 + step * $1 }
    }
}
