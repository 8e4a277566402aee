internal import Foundation

/// Numbers as people read them.
enum NumberText {
    /// So many digits after the point.
    static func fixed(_ value: Double, _ digits: Int) -> String {
        String(format: "%.\(digits)f", value)
    }

    /// A share as per cent.
    static func percent(_ share: Double) -> String {
        fixed(100 * share, 1) + " %"
    }

    /// Bytes with a decimal prefix.
    static func bytes(_ count: Double) -> String {
        switch count {
        case ..<1e3: fixed(count, 0) + " B"
        case ..<1e6: fixed(count / 1e3, 1) + " kB"
        case ..<1e9: fixed(count / 1e6, 2) + " MB"
        default: fixed(count / 1e9, 2) + " GB"
        }
    }

    /// Seconds in the unit that fits.
    static func seconds(_ value: Double) -> String {
        switch value {
        case ..<1e-3: fixed(value * 1e6, 0) + " us"
        case ..<1: fixed(value * 1e3, 2) + " ms"
        default: fixed(value, 2) + " s"
        }
    }
}
