internal import Foundation

/// CPU seconds of the calling thread.
enum ProcessorClock {
    /// Seconds since the thread began to run.
    static var seconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
    }
}
