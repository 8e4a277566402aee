internal import CryptoPrimitives
internal import RingVectors
internal import RoundProtocol

/// What the network of a trial sees, and what must never be seen there.
struct ProcessWatch {
    private let terms: ProcessTerms
    var violations: [String] = []
    /// Whose upload the coordinator has acknowledged.
    private(set) var acknowledged: Set<Int> = []
    /// The life whose input a company has masked last.
    var lives: [Int: UInt64] = [:]
    /// The one input, statement and answer of each company, and the words under them.
    private var said: [Place: Digest] = [:]
    /// What each company has promised last.
    private var promised: [Int: FrameType] = [:]
    /// The life that the promise seen belongs to.
    private var masked: [Int: UInt64] = [:]

    private struct Place: Hashable {
        let party: Int
        let type: FrameType
        let number: Int
    }

    init(_ terms: ProcessTerms) { self.terms = terms }

    /// Notes a frame; two different ones in one place would be a mask over two inputs, two sets or both secrets.
    mutating func saw(_ bytes: [UInt8], from id: Int, to: UInt64) {
        guard let frame = try? Frame(bytes) else {
            violations.append("process \(id) sent bytes that are no frame")
            return
        }
        let isServer = id == terms.participants
        if frame.header.type == .acknowledgement, isServer { acknowledged.insert(Int(clamping: to)) }
        var number = 0
        switch frame.header.type {
        case .maskedInput, .openingShare:
            // Both are followed by chunks of what they promise.
            promised[id] = frame.header.type
        case .survivorStatement, .unmaskShares, .receipt, .roundConfig, .survivors, .join: break
        case .chunk where !isServer:
            number = (try? UploadFrames.chunk(frame.body).index) ?? 0
            if promised[id] == .openingShare { number = -1 - number }
        default: return
        }
        let place = Place(party: id, type: frame.header.type, number: number)
        if frame.header.type == .maskedInput, said[place] == nil { masked[id] = lives[id] }
        if let first = said[place], first != frame.digest {
            violations.append("process \(id) said two things: \(frame.header.type)")
        }
        said[place] = frame.digest
    }

    /// The sum must be exactly that of what the survivors masked, and hold every acknowledged upload.
    mutating func check(_ words: [UInt8], _ survivors: [Int]) {
        for id in acknowledged where !survivors.contains(id) {
            violations.append("the acknowledged upload of \(id) is lost")
        }
        guard let layout = try? LaneLayout(bits: ProcessTerms.bits) else { return }
        var sum = PackedVector(zeros: terms.dimension, layout: layout)
        for id in survivors {
            guard let life = masked[id] else {
                violations.append("survivor \(id) never sent an input")
                return
            }
            guard (try? sum.add(terms.input(of: id, life: life))) != nil else { return }
        }
        if sum.littleEndianBytes() != words { violations.append("the sum of \(survivors.count) is wrong") }
    }
}
