#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// What travels between a party's process and the one that started it: a kind, a number, bytes.
struct PartyMessage: Equatable {
    enum Kind: UInt8 {
        // To the party; the number is the time in milliseconds.
        /// A frame that has arrived.
        case frame = 1
        /// Time has passed.
        case tick = 2
        /// Say again what was said last.
        case resume = 3
        /// Open an epoch and, when it stands, its one round (coordinator).
        case begin = 4
        // From the party.
        /// A frame to be sent; the number is the peer.
        case send = 10
        /// The input of a round is about to be masked, or was; the number is the life whose input it is.
        case input = 11
        /// The sum: the count of survivors, their ids, the words.
        case result = 12
        /// The round or epoch was given up; code and stage.
        case abort = 13
        /// The process cannot go on; the number is the code.
        case failed = 14
    }

    let kind: Kind
    let number: UInt64
    let bytes: [UInt8]

    /// Kind, number and length before the bytes.
    static let headerBytes = 13
    /// More than any frame of these sessions.
    static let maximumBytes = 1 << 24

    func encoded() -> [UInt8] {
        var out: [UInt8] = [kind.rawValue]
        out.reserveCapacity(Self.headerBytes + bytes.count)
        for shift in 0..<8 { out.append(UInt8(truncatingIfNeeded: number >> UInt64(8 * shift))) }
        for shift in 0..<4 { out.append(UInt8(truncatingIfNeeded: bytes.count >> (8 * shift))) }
        return out + bytes
    }
}

/// Cuts a stream of bytes into messages; what a process that ended left half written is never taken.
struct PartyStream {
    private var buffer: [UInt8] = []

    mutating func append(_ bytes: ArraySlice<UInt8>) { buffer += bytes }

    /// The next whole message; nil when more bytes are needed or what is there is no message.
    mutating func next() -> PartyMessage? {
        let header = PartyMessage.headerBytes
        guard buffer.count >= header, let kind = PartyMessage.Kind(rawValue: buffer[0]) else { return nil }
        let number = (0..<8).reduce(UInt64(0)) { $0 | UInt64(buffer[1 + $1]) << UInt64(8 * $1) }
        let count = (0..<4).reduce(0) { $0 | Int(buffer[9 + $1]) << (8 * $1) }
        guard count <= PartyMessage.maximumBytes, buffer.count >= header + count else { return nil }
        let message = PartyMessage(kind: kind, number: number, bytes: [UInt8](buffer[header..<header + count]))
        buffer.removeFirst(header + count)
        return message
    }
}

/// Reading and writing a descriptor to the end.
enum Descriptor {
    /// Up to 64 KiB that are there; empty at the end, nil when nothing is there yet on a descriptor that does not wait.
    static func read(_ descriptor: Int32) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe bytes.withUnsafeMutableBytes { unsafe Self.readSome(descriptor, $0) }
            if count >= 0 { return [UInt8](bytes.prefix(count)) }
            if errno == EAGAIN { return nil }
            if errno != EINTR { return [] }
        }
    }

    /// Writes everything, or false when nobody reads any more.
    static func write(_ descriptor: Int32, _ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes.withUnsafeBytes {
                unsafe writeSome(descriptor, UnsafeRawBufferPointer(rebasing: $0[sent...]))
            }
            if count > 0 {
                sent += count
            } else if errno == EAGAIN {
                return false
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Writes what fits now; the count, negative when nobody reads any more.
    static func writeSome(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            unsafe Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
            unsafe Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }

    private static func readSome(_ descriptor: Int32, _ bytes: UnsafeMutableRawBufferPointer) -> Int {
        #if canImport(Glibc)
            unsafe Glibc.read(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
            unsafe Musl.read(descriptor, bytes.baseAddress, bytes.count)
        #else
            unsafe Darwin.read(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
