internal import CKernels

/// Which kernels compute: the results are the same numbers.
enum ArithmeticPath: Sendable {
    /// The fastest that the processor runs.
    case automatic
    /// 64-bit limbs.
    case portable

    var code: Int32 {
        switch self {
        case .automatic: Int32(CK_PATH_AUTOMATIC)
        case .portable: Int32(CK_PATH_PORTABLE)
        }
    }
}
