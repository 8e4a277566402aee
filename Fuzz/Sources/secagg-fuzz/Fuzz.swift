import FuzzTargets

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// Which target is fuzzed: the value of FUZZ_TARGET, read once. FUZZ_WRITE_SEEDS=<directory> writes the seed corpora instead.
private let target: FuzzTarget = {
    if let directory = getenv("FUZZ_WRITE_SEEDS") {
        CorpusSeeds.write(to: String(cString: directory))
        _exit(0)
    }
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let target = FuzzTarget(rawValue: name) else {
        let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: " ")
        print("set FUZZ_TARGET to one of: \(names)")
        exit(2)
    }
    return target
}()

/// Called by libFuzzer for every input.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    target.run([UInt8](UnsafeBufferPointer(start: start, count: count)))
    return 0
}
