#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// A started process with a pipe to its standard input and one from its standard output.
final class ChildProcess {
    let identifier: pid_t
    /// Does not wait on reading.
    let output: Int32
    private let input: Int32
    private var unsent: [UInt8] = []
    private(set) var stream = PartyStream()
    private(set) var isOpen = true

    /// Starts a program; nil when that fails.
    init?(_ path: String, arguments: [String]) {
        guard let toChild = Self.pipe() else { return nil }
        guard let fromChild = Self.pipe() else {
            close(toChild.reading)
            close(toChild.writing)
            return nil
        }
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        unsafe posix_spawn_file_actions_adddup2(&actions, toChild.reading, 0)
        unsafe posix_spawn_file_actions_adddup2(&actions, fromChild.writing, 1)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        var words: [UnsafeMutablePointer<CChar>?] = unsafe ([path] + arguments).map { unsafe strdup($0) }
        unsafe words.append(nil)
        defer { for index in 0...arguments.count { unsafe free(words[index]) } }
        var pid: pid_t = 0
        let status = unsafe posix_spawn(&pid, path, &actions, nil, words, environ)
        close(toChild.reading)
        close(fromChild.writing)
        guard status == 0 else {
            close(toChild.writing)
            close(fromChild.reading)
            return nil
        }
        identifier = pid
        input = toChild.writing
        output = fromChild.reading
        _ = fcntl(input, F_SETFL, O_NONBLOCK)
        _ = fcntl(output, F_SETFL, O_NONBLOCK)
    }

    /// A pipe whose ends the children of others do not inherit.
    private static func pipe() -> (reading: Int32, writing: Int32)? {
        var ends: [Int32] = [0, 0]
        #if canImport(Glibc)
            let status = unsafe Glibc.pipe(&ends)
        #elseif canImport(Musl)
            let status = unsafe Musl.pipe(&ends)
        #else
            let status = unsafe Darwin.pipe(&ends)
        #endif
        guard status == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    deinit {
        close(input)
        close(output)
    }

    var hasUnsent: Bool { !unsent.isEmpty }
    /// Where unsent bytes go.
    var inputDescriptor: Int32 { input }

    /// Hands a message over, as far as the pipe takes it now.
    func send(_ message: PartyMessage) {
        unsent += message.encoded()
        flush()
    }

    func flush() {
        while !unsent.isEmpty {
            let count = unsafe unsent.withUnsafeBytes { unsafe Descriptor.writeSome(input, $0) }
            guard count > 0 else {
                if count < 0, errno == EAGAIN || errno == EINTR { return }
                unsent = []
                return
            }
            unsent.removeFirst(count)
        }
    }

    /// Takes what has been written; whole messages only.
    func receive() -> [PartyMessage] {
        while isOpen, let bytes = Descriptor.read(output) {
            if bytes.isEmpty { isOpen = false }
            stream.append(bytes[...])
        }
        var messages: [PartyMessage] = []
        while let message = stream.next() { messages.append(message) }
        return messages
    }

    /// Ends it at once, wherever it is, and waits until it is gone.
    func kill() {
        _ = killNow(identifier)
        var status: Int32 = 0
        while unsafe waitpid(identifier, &status, 0) < 0, errno == EINTR {}
    }

    private func killNow(_ identifier: pid_t) -> Int32 {
        #if canImport(Glibc)
            Glibc.kill(identifier, SIGKILL)
        #elseif canImport(Musl)
            Musl.kill(identifier, SIGKILL)
        #else
            Darwin.kill(identifier, SIGKILL)
        #endif
    }
}

/// Waiting for descriptors and telling the time.
enum Waiting {
    /// Milliseconds of a clock that does not jump.
    static func milliseconds() -> UInt64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000 + UInt64(time.tv_nsec) / 1_000_000
    }

    /// Waits until one of the processes has said something or can take something, at most so long.
    static func some(of children: [ChildProcess], milliseconds: Int32) {
        var entries: [pollfd] = []
        for child in children {
            if child.isOpen { entries.append(pollfd(fd: child.output, events: Int16(POLLIN), revents: 0)) }
            if child.hasUnsent {
                entries.append(pollfd(fd: child.inputDescriptor, events: Int16(POLLOUT), revents: 0))
            }
        }
        unsafe poll(&entries, nfds_t(entries.count), milliseconds)
    }

    static func ignoreBrokenPipes() { _ = signal(SIGPIPE, SIG_IGN) }
}
