#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What this process has used, as the operating system tells it.
public enum ResourceUsage {
    /// Processor seconds of the calling thread; differences are good to a few microseconds.
    public static func threadSeconds() -> Double {
        seconds(of: CLOCK_THREAD_CPUTIME_ID)
    }

    /// Processor seconds of all threads.
    public static func processSeconds() -> Double {
        seconds(of: CLOCK_PROCESS_CPUTIME_ID)
    }

    /// Seconds of a clock that never goes back; only differences mean anything.
    public static func wallSeconds() -> Double {
        seconds(of: CLOCK_MONOTONIC)
    }

    /// The most memory that was ever resident at once, bytes; 0 where the system does not tell.
    public static func peakResidentBytes() -> Int {
        var usage = rusage()
        #if canImport(Darwin)
            let unit = 1
        #else
            let unit = 1024
        #endif
        let thisProcess: Int32 = 0
        guard unsafe getrusage(thisProcess, &usage) == 0 else { return 0 }
        return Int(usage.ru_maxrss) * unit
    }

    private static func seconds(of clock: clockid_t) -> Double {
        var time = timespec()
        guard unsafe clock_gettime(clock, &time) == 0 else { return 0 }
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
