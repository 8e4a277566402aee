/// The energy of a window by scale, from a periodic orthogonal wavelet transform: details finest first, then what is left.
///
/// The energies add up to the window's sum of squares. Cost: twice length times taps multiplications.
/// Source: vibration-features section 4
public struct WaveletEnergies: Sendable {
    /// Which filters.
    public enum Family: Hashable, Sendable, CaseIterable {
        /// Two taps; sees steps.
        case haar
        /// Daubechies' filter with four vanishing moments, eight taps; blind to cubic trends.
        case daubechies4

        /// The low-pass filter; its squares add up to 1.
        var scaling: [Double] {
            switch self {
            case .haar: [0.707_106_781_186_547_524, 0.707_106_781_186_547_524]
            case .daubechies4:
                [
                    0.230377813308896501, 0.714846570552915647, 0.630880767929858908, -0.0279837694168598542,
                    -0.187034811719093084, 0.0308413818355607636, 0.0328830116668851997, -0.0105974017850690321,
                ]
            }
        }
    }

    /// The filters.
    public let family: Family
    /// How many times the window is halved.
    public let levels: Int
    private let low: [Float]
    private let high: [Float]

    /// Prepares `levels` halvings, at least 1.
    public init(_ family: Family, levels: Int) {
        precondition(levels >= 1, "a transform without a level")
        self.family = family
        self.levels = levels
        let scaling = family.scaling
        low = scaling.map { Float($0) }
        high = scaling.indices.map {
            Float($0 % 2 == 0 ? scaling[scaling.count - 1 - $0] : -scaling[scaling.count - 1 - $0])
        }
    }

    /// `levels` energies of details and one of the rest; the count of samples must be a multiple of 2^levels, and at least 1.
    public func callAsFunction(_ samples: [Float]) -> [Double] {
        precondition(!samples.isEmpty && samples.count.isMultiple(of: 1 << levels), "a window that cannot be halved")
        var rest = samples
        var energies: [Double] = []
        for _ in 0..<levels {
            let count = rest.count
            var smooth = [Float](repeating: 0, count: count / 2)
            var energy = 0.0
            for place in 0..<count / 2 {
                var (a, d): (Float, Float) = (0, 0)
                for tap in 0..<low.count {
                    let index = 2 * place + tap
                    let sample = rest[index < count ? index : index % count]
                    a += low[tap] * sample
                    d += high[tap] * sample
                }
                smooth[place] = a
                energy += Double(d) * Double(d)
            }
            energies.append(energy)
            rest = smooth
        }
        return energies + [rest.reduce(0) { $0 + Double($1) * Double($1) }]
    }
}
