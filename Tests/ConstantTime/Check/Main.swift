import CKernels
import CMemcheck

/// `memcheck` runs under valgrind, `timing` on its own.
@main
struct ConstantTimeCheck {
    static func main() throws {
        let arguments = CommandLine.arguments.dropFirst()
        let tally: Tally
        switch arguments.first {
        case "memcheck":
            guard memcheck_running() != 0 else { fail("memcheck is not watching: nothing would be checked") }
            tally = try MemcheckRun.run() + MaskingRun.run()
        case "timing":
            print("path \(String(cString: ck_path_name()))")
            tally = try TimingRun.run(samples: arguments.dropFirst().first.flatMap { Int($0) } ?? 2000)
        default: fail("usage: constant-time-check memcheck | timing [samples]")
        }
        print("passed \(tally.passed), failed \(tally.failed)")
        if tally.failed > 0 { exitWithFailure() }
    }

    private static func fail(_ text: String) -> Never {
        print(text)
        exitWithFailure()
    }
}

private func exitWithFailure() -> Never { memcheck_exit(1) }
