/// Clipping layer by layer: layer l keeps its own bound C_l, the whole vector sqrt(sum C_l^2).
/// Source: discrete-gaussian section 6
public struct LayerClip: Hashable, Sendable {
    /// The rules in the order of the vector.
    public let layers: [L2Clip]
    /// Elements of a vector.
    public let dimension: Int
    /// The sum of C_l^2, squared grid units.
    public let squaredBound: UInt128

    /// The rule of at least one layer. Throws `dimensionOutOfRange` for none, or when the layers together have more
    /// than 2^32 elements or a squared bound above 2^126.
    public init(_ layers: [L2Clip]) throws(ClipRefusal) {
        let largest = 1 << 32
        var dimension = 0
        var squaredBound: UInt128 = 0
        for layer in layers {
            dimension += layer.dimension
            squaredBound += layer.squaredBound
            guard dimension <= largest, squaredBound <= 1 << 126 else { throw .dimensionOutOfRange(largest: largest) }
        }
        guard !layers.isEmpty else { throw .dimensionOutOfRange(largest: largest) }
        self.layers = layers
        self.dimension = dimension
        self.squaredBound = squaredBound
    }

    /// Clips grid values; another count than `dimension` is the caller's error. About 4 ns an element.
    public func clip(_ values: [Int64]) -> ClippedVector {
        precondition(values.count == dimension, "the clip is for another dimension")
        var values = values
        var clipped = false
        unsafe values.withUnsafeMutableBufferPointer { values in
            var start = 0
            for layer in layers {
                let part = unsafe UnsafeMutableBufferPointer(rebasing: values[start..<start + layer.dimension])
                let outside = unsafe layer.clip(part)
                clipped = clipped || outside
                start += layer.dimension
            }
        }
        return ClippedVector(values: values, squaredBound: squaredBound, isClipped: clipped, isFinite: true)
    }

    /// Clips real numbers, layer l with `levelsPerUnit[l]` grid units a unit (finite, positive), truncated toward zero.
    ///
    /// One NaN or infinity in any layer makes the whole vector zero. Other counts are the caller's error. About 6 ns
    /// an element.
    public func clip(_ values: [Float], levelsPerUnit: [Double]) -> ClippedVector {
        precondition(values.count == dimension, "the clip is for another dimension")
        precondition(levelsPerUnit.count == layers.count, "one scale a layer")
        let finite = L2Clip.areFinite(values[...])
        var grid: [Int64] = []
        grid.reserveCapacity(dimension)
        for (layer, levels) in zip(layers, levelsPerUnit) {
            let part = values[grid.count..<grid.count + layer.dimension]
            L2Clip.appendGridValues(of: part, levelsPerUnit: levels, finite: finite, to: &grid)
        }
        var result = clip(grid)
        result.isFinite = finite
        return result
    }
}
