import CryptoPrimitives
import DurableState
import FederatedLearning
import RoundProtocol
import SecureAggregation
import WireFormat

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The seed corpora: an honest session's frames and records, files of the known answers, and short programmes.
public enum CorpusSeeds {
    /// Writes one directory a target below `directory`, which exists. Files that are there and have other names stay.
    public static func write(to directory: String) {
        for target in FuzzTarget.allCases {
            let folder = directory + "/" + target.rawValue
            mkdir(folder, 0o755)
            for (name, bytes) in files(target) {
                guard let file = fopen(folder + "/seed-" + name, "w") else { continue }
                fwrite(bytes, 1, bytes.count, file)
                fclose(file)
            }
        }
    }

    private static var frames: [Frame] {
        var seen: Set<FrameType> = []
        return FuzzSession.recording.messages.map(\.frame).filter { seen.insert($0.header.type).inserted }
    }

    /// The honest body of a type, without its frame.
    private static func body(_ type: FrameType) -> [UInt8] {
        frames.first { $0.header.type == type }.map { [UInt8]($0.body) } ?? []
    }

    /// Names and contents of a target's seeds.
    static func files(_ target: FuzzTarget) -> [(name: String, bytes: [UInt8])] {
        switch target {
        case .frame: return frames.map { ("\($0.header.type)", $0.bytes) }
        case .message: return messages
        case .sumMessage: return sumMessages
        case .evidence: return evidence
        case .json:
            return [
                ("values", Array(#"{"a":[1,-2.5,1e-7,true,false,null],"é\u20ac":"\ud83d\ude00\n","z":{}}"#.utf8)),
                ("numbers", Array("[0,-0,18446744073709551615,-9223372036854775808,0.1,1e308,2.5e-324]".utf8)),
                ("deep", Array((String(repeating: "[", count: 64) + String(repeating: "]", count: 64)).utf8)),
                ("schema", Repository.contents(Repository.root + "/Vectors/schema.json") ?? []),
            ]
        case .ledger: return [("known", known)]
        case .report: return [("small", report)]
        case .personalState: return Decoders.personalSeeds
        case .table: return tables
        case .participant: return participantProgrammes(Array(0...9))
        case .coordinator, .sumCoordinator: return coordinatorProgrammes
        case .sumParticipant: return participantProgrammes([1, 3, 4, 6, 9, 14, 17, 20, 29])
        case .sumParticipantSnapshot, .sumCoordinatorSnapshot: return sumSnapshots
        case .participantSnapshot, .coordinatorSnapshot:
            var seeds: [(String, [UInt8])] = []
            for record in UInt8(0)..<24 { seeds.append(("flip-\(record)", [record, 1, record, 0, 40, 0, 1])) }
            seeds.append(("splice", [3, 0, 2, 2, 30, 0, 20, 0, 4, 1, 2, 3, 4]))
            seeds.append(("raw", [3, 0, 0, 1, 2, 3, 4]))
            return seeds
        case .configuration:
            var seeds: [(String, [UInt8])] = []
            for offset in stride(from: UInt8(0), to: 200, by: 8) {
                for kind in UInt8(0)...1 {
                    seeds.append(("field-\(kind)-\(offset)", [kind, 0, offset, 3, 1, 0, 0, 0, 0, 0, 0, 0]))
                }
            }
            return seeds
        }
    }

    private static var messages: [(String, [UInt8])] {
        let kinds: [(UInt8, FrameType)] = [
            (0, .epochProposal), (1, .advertise), (2, .advertiseList), (3, .commitments), (4, .shares), (5, .delivery),
            (6, .receipt), (7, .roundConfig), (8, .maskedInput), (9, .chunkRoots), (10, .chunk), (11, .acknowledgement),
            (12, .survivors), (13, .survivorStatement), (14, .unmaskRequest), (15, .unmaskShares), (16, .result),
            (19, .chunkRoots),
        ]
        let notice = AbortNotice(Abort(.tooFewSurvivors, .survivors)).encoded()
        var ledger = ParticipantLedger()
        ledger.enter(epoch: 3)
        ledger.enter(round: 4)
        ledger.consume(Bytes32(), round: 4, inputDigest: Digest(Bytes32()))
        return kinds.map { ("\($0.1)-\($0.0)", [$0.0] + body($0.1)) } + [
            ("notice", [17] + notice), ("ledger", [18] + ledger.encoded()),
        ]
    }

    private static var sumMessages: [(String, [UInt8])] {
        var proposal: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
        proposal += [UInt8](repeating: 7, count: 64) + [2, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0]
        proposal += [UInt8](repeating: 1, count: 8)
        let point = FuzzSession.recording.advertised.first.map { $0.pairwise.value.bytes } ?? []
        let head = [UInt8](repeating: 9, count: 64)
        var record = [UInt8](repeating: 5, count: 32) + [2, 0, 0, 0, 1, 0, 0, 0]
        record += [UInt8](repeating: 6, count: 64) + [1, 0, 0, 0] + [UInt8](repeating: 8, count: 32)
        return [
            ("proposal", [0] + proposal), ("join", [1] + head), ("join-masked", [2] + head + point),
            ("opening", [3] + head + [UInt8](repeating: 0, count: 8)), ("key", [4] + Decoders.publicKeyBytes),
            ("threshold-key", [5, 1, 0, 2, 0, 3, 0]), ("ciphertexts", [6] + Decoders.ciphertextBytes),
            ("knowledge", [7] + [UInt8](repeating: 3, count: 1_024)), ("part", [8, 1, 0, 0, 1, 0]),
            ("record", [9] + record), ("share", [10] + [UInt8](repeating: 1, count: 808)),
        ]
    }

    /// A proof that the coordinator proposed two sets, and the roster.
    private static var evidence: [(String, [UInt8])] {
        let cast = FuzzSession.cast
        guard let honest = frames.first(where: { $0.header.type == .survivors }) else { return [] }
        var body = [UInt8](honest.body)
        body[40] ^= 1
        let other = cast.frame(honest.header, body)
        let proof = EvidenceFile(Evidence(frames: [honest.bytes, other.bytes]), roster: cast.roster)
        let roster = (try? RosterFile(cast.roster).json.encoded(keys: .sorted)) ?? []
        return [("two-sets", proof?.encoded() ?? []), ("roster", roster)]
    }

    private static var known: [UInt8] {
        Repository.contents(Repository.root + "/Tests/DifferentialPrivacyTests/Ledger/known-ledger.jsonl") ?? []
    }

    private static var tables: [(String, [UInt8])] {
        let settings = " -0.0007 -0.0004 100.0"
        let sensors = String(repeating: " 518.67", count: 21)
        let turbofan = (1...3).map { "1 \($0)\(settings)\(sensors)  \n" }.joined()
        let milling = """
            UDI,Product ID,Type,Air temperature [K],Process temperature [K],Rotational speed [rpm],Torque [Nm],Tool wear [min],Machine failure,TWF,HDF,PWF,OSF,RNF
            1,M14860,M,298.1,308.6,1551,42.8,0,0,0,0,0,0,0
            2,L47181,L,298.2,308.7,1408,46.3,3,1,0,0,1,0,0

            """
        return [
            ("turbofan", [0] + Array(turbofan.utf8)), ("lives", [1] + Array("112 \n98 \n69 \n".utf8)),
            ("milling", [2] + Array(milling.utf8)),
        ]
    }

    /// In turn, then one attack of each kind at each step.
    private static func participantProgrammes(_ steps: [Int]) -> [(name: String, bytes: [UInt8])] {
        var seeds: [(name: String, bytes: [UInt8])] = [("honest", [UInt8](repeating: 0, count: 24))]
        let attacks: [(String, [UInt8])] = [
            ("again", [2, 3]), ("changed", [3, 0, 1, 40, 0, 1, 9, 0, 255]),
            ("spliced", [4, 0, 32, 0, 1, 0, 4, 1, 2, 3, 4]),
            ("redressed", [5, 0, 200, 9, 2, 4]), ("invented", [6, 12, 5, 1, 60, 0] + [UInt8](repeating: 7, count: 60)),
            ("flipped", [7, 0, 70, 0, 3]), ("restart", [8]), ("later", [9, 100]), ("input", [10, 0]),
        ]
        for step in steps {
            for (name, attack) in attacks {
                seeds.append(("\(name)-\(step)", [UInt8](repeating: 0, count: step) + attack + attack + [0, 0, 8, 0]))
            }
        }
        return seeds
    }

    /// The place of the cut, the record, and how it is changed; for a coordinator what its spool holds stands before that.
    private static var sumSnapshots: [(String, [UInt8])] {
        var seeds: [(String, [UInt8])] = []
        for cut in stride(from: UInt8(0), to: 28, by: 2) {
            for first in UInt8(0)...2 {
                seeds.append(("flip-\(cut)-\(first)", [first, cut, first, 1, cut, 0, 40, 0, 1]))
                seeds.append(("splice-\(cut)-\(first)", [first, cut, first, 2, cut, 30, 0, 20, 0, 4, 1, 2, 3, 4]))
            }
        }
        return seeds + [("raw", [1, 9, 1, 0, 1, 2, 3, 4]), ("state", [2, 20, 1, 3, 0, 2, 0, 1, 1])]
    }

    private static var coordinatorProgrammes: [(String, [UInt8])] {
        var seeds: [(String, [UInt8])] = [("honest", [UInt8](repeating: 0, count: 80))]
        let attacks: [(String, [UInt8])] = [
            ("again", [3, 3]), ("changed", [4, 0, 1, 40, 0, 1, 9, 0, 255]),
            ("spliced", [5, 0, 32, 0, 1, 0, 4, 1, 2, 3, 4]),
            ("redressed", [6, 0, 200, 9, 2, 4]),
            ("invented", [7, 2, 12, 5, 1, 60, 0] + [UInt8](repeating: 7, count: 60)),
            ("flipped", [8, 0, 70, 0, 3]), ("restart", [9]), ("later", [10, 80]),
            ("together", [250, 7, 5, 5, 5, 2, 0, 70, 0, 3, 5, 5, 1, 0, 1, 40, 0, 1, 9, 0, 255, 5]),
        ]
        for step in stride(from: 0, to: 64, by: 7) {
            for (name, attack) in attacks {
                seeds.append(("\(name)-\(step)", [UInt8](repeating: 0, count: step) + attack + attack + [0, 0, 9, 0]))
            }
        }
        return seeds
    }
}
