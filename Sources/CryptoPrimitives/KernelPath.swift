internal import CKernels

/// Which instructions keystreams, lanes, quantisers and hash leaves may use; the results are the same bytes on every path.
///
/// Source: mask-kernels section 4
public enum KernelPath: Int32, Sendable, CaseIterable {
    /// The best that this machine has.
    case automatic = 0
    /// No instruction beyond those of every processor of the architecture; AES-256-CTR cannot run.
    case portable = 1
    /// AVX2, and AES-NI.
    case avx2 = 2
    /// AVX2, and VAES in vectors of 32 bytes; everything but AES is as on `avx2`.
    case vaes = 3
    /// AVX-512, and VAES in vectors of 64 bytes.
    case avx512 = 4

    /// The path that calls take now, never `automatic`.
    public static var current: KernelPath {
        KernelPath(rawValue: ck_lanes_path(KernelPath.automatic.rawValue)) ?? .portable
    }

    /// The paths that this machine has, slowest first.
    public static var available: [KernelPath] {
        [.portable, .avx2, .vaes, .avx512].filter { $0.rawValue <= ck_lanes_best() }
    }

    /// Sets the highest path that calls from now on may take, process-wide; returns the one they will take.
    @discardableResult
    public static func force(_ path: KernelPath) -> KernelPath {
        KernelPath(rawValue: ck_lanes_force(path.rawValue)) ?? .portable
    }
}
