import CryptoPrimitives
import DurableState
import FederatedLearning
import Foundation
import SecureFederation
import Testing

@Suite("Model bundles: what is refused") struct ModelBundleMisuseTests {
    private func failure(_ bytes: [UInt8]) -> BundleFailure? {
        do throws(BundleFailure) {
            _ = try ModelBundle(reading: bytes)
            return nil
        } catch {
            return error
        }
    }

    /// The same bytes under a digest that fits them.
    private func sealed(_ content: [UInt8]) -> [UInt8] {
        content + Blake2b.hash(content, Personalisation("SecAgg bundle")).value.bytes
    }

    @Test func everyShorterFileIsTruncated() throws {
        let bytes = try testBundle().bytes
        for count in bytes.indices { #expect(failure(Array(bytes[..<count])) == .truncated) }
        #expect(failure(bytes + [0, 0]) == .trailingBytes(count: 2))
    }

    @Test func everyFlippedBitIsFound() throws {
        let bytes = try testBundle().bytes
        for place in bytes.indices {
            var changed = bytes
            changed[place] ^= 1 << UInt8(place % 8)
            let found = failure(changed)
            switch place {
            case 0..<4: #expect(found == .notABundle)
            case 4..<6: #expect(found != nil && found != .altered)
            case 6..<14: #expect(found == .truncated || found == .tooLarge || found == .altered || trails(found))
            default: #expect(found == .altered)
            }
        }
        var later = bytes
        later[4] = 2
        #expect(failure(later) == .unsupportedVersion(found: 2))
    }

    private func trails(_ failure: BundleFailure?) -> Bool {
        if case .trailingBytes = failure { true } else { false }
    }

    @Test(arguments: [
        ("\"cohort\":9", "\"cohort\":0", BundleFailure.malformed), ("\"cohort\":9", "\"cohort\":\"\"", .malformed),
        ("\"version\":1}", "\"version\":-1}", .malformed), ("[2,3]", "[3,2]", .notCanonical),
        ("[2,3]", "[0,3]", .malformed), ("[2,3]", "[2147483648,2147483648]", .malformed),
        ("\"shape\":[2]", "\"shape\":[3]", .malformed), ("dense0.bias", "dense0.weight", .malformed),
        ("\"parent\":null", "\"parent\":\"AA\"", .malformed), ("\"parent\":null,", "", .malformed),
        ("\"privacy\":null", "\"privacy\":{}", .malformed), ("\"sensors\":2", "\"sensors\":3", .malformed),
        ("518.67", "518.670", .notCanonical), ("{\"cohort\"", "{ \"cohort\"", .notCanonical),
        ("\"cohort\":9", "\"cohort\":9,\"d\":1", .notCanonical), ("bundle-1", "bundle-2", .malformed),
        ("{\"cohort\"", "\"cohort\"", .malformed),
    ]) func descriptionsThatAreNone(old: String, new: String, expected: BundleFailure) throws {
        let bytes = try testBundle().bytes
        let length = Int(bytes[6]) + 256 * Int(bytes[7])
        let text = String(decoding: bytes[14..<(14 + length)], as: UTF8.self)
        #expect(text.contains(old))
        // the first occurrence that makes a difference
        let range = try #require(text.range(of: old))
        let changed = Array(text.replacingCharacters(in: range, with: new).utf8)
        let header = Array(bytes[..<6]) + [UInt8(changed.count % 256), UInt8(changed.count / 256), 0, 0]
        let content = header + Array(bytes[10..<14]) + changed + Array(bytes[(14 + length)..<(bytes.count - 32)])
        let found = failure(sealed(content))
        // a permuted shape is a description of other tensors, well formed
        #expect(old == "[2,3]" && new == "[3,2]" ? found == nil : found == expected)
    }

    @Test func aDescriptionOfOtherParametersIsFound() throws {
        var content = Array(try testBundle().bytes.dropLast(32))
        content[content.count - 1] ^= 1
        #expect(failure(sealed(content)) == .altered)
    }

    @Test func partsThatDoNotFitTogether() throws {
        #expect(throws: BundleFailure.invalidField) {
            try testBundle(values: [.nan, 0, 0, 0, 0, 0, 0, 0])
        }
        #expect(throws: LearningFailure.valueOutOfBound(index: 1)) {
            try GroupNormaliser(sensors: 1, groups: 2, means: [0, 0], factors: [1, -1])
        }
        #expect(throws: LearningFailure.dimensionMismatch(expected: .max, found: 0)) {
            try GroupNormaliser(sensors: .max, groups: 2, means: [], factors: [])
        }
    }
}

@Suite("The bundle store: what is refused") struct BundleStoreMisuseTests {
    @Test func aBundleOfAnotherParentIsNotMadeCurrent() throws {
        let folder = BundleFolder()
        let store = try BundleStore(directory: folder.path)
        #expect(try store.current() == nil)
        #expect(throws: BundleFailure.noParent) { try store.rollBack() }
        let first = try testBundle()
        try store.install(first)
        let orphan = try testBundle(version: 2)
        #expect(throws: BundleFailure.wrongParent(expected: first.hash, found: nil)) { try store.install(orphan) }
        let stale = try testBundle(version: 1, parent: first.hash)
        #expect(throws: BundleFailure.staleVersion(parent: 1, offered: 1)) { try store.install(stale) }
        #expect(throws: BundleFailure.unknown(Digest(Bytes32()))) { try store.promote(Digest(Bytes32())) }
        #expect(try store.current() == first)
        #expect(try store.hashes() == [first.hash, orphan.hash, stale.hash].sorted())
    }

    @Test func oversizeIsRefusedBeforeReading() throws {
        let folder = BundleFolder()
        let bundle = try testBundle()
        do { try BundleStore(directory: folder.path).install(bundle) }
        let small = try BundleStore(directory: folder.path, mostBytes: bundle.bytes.count - 1)
        #expect(throws: BundleFailure.tooLarge) { try small.current() }
        #expect(throws: BundleFailure.tooLarge) { try small.add(bundle) }
    }

    @Test func damageIsFoundAndRolledBackFrom() throws {
        let folder = BundleFolder()
        let store = try BundleStore(directory: folder.path)
        let first = try testBundle()
        let second = try testBundle(version: 2, parent: first.hash)
        let third = try testBundle(version: 3, parent: second.hash)
        for bundle in [first, second, third] { try store.install(bundle) }
        try folder.write(bundleFile(third), Array(third.bytes.dropLast()))
        #expect(throws: BundleFailure.truncated) { try store.current() }
        #expect(try store.rollBack() == second)
        #expect(try store.current() == second)
        // another's good bytes under this name
        try folder.write(bundleFile(first), third.bytes)
        #expect(throws: BundleFailure.altered) { try store.rollBack() }
        #expect(try store.current() == second)
        var changed = first.bytes
        changed[40] ^= 1
        try folder.write(bundleFile(first), changed)
        #expect(throws: BundleFailure.altered) { try store.rollBack() }
        #expect(try store.current() == second)
        try folder.write(bundleFile(first), first.bytes)
        #expect(try store.rollBack() == first)
        #expect(throws: BundleFailure.noParent) { try store.rollBack() }
        try store.install(second)
        #expect(try store.current() == second)
    }

    @Test func aPointerThatLiesIsFound() throws {
        let folder = BundleFolder()
        let store = try BundleStore(directory: folder.path)
        let first = try testBundle()
        let second = try testBundle(version: 2, parent: first.hash)
        try store.install(first)
        try store.install(second)
        let pointer = try #require(folder.read("CURRENT"))
        let text = String(decoding: pointer, as: UTF8.self)
        try folder.write(
            "CURRENT", Array(text.replacingOccurrences(of: "\"\(first.hash.value.hex)\"", with: "null").utf8))
        #expect(throws: BundleFailure.wrongParent(expected: nil, found: first.hash)) { try store.current() }
        for broken in [[], Array(pointer.dropLast()), pointer + [10], [UInt8](repeating: 32, count: 2000)] {
            try folder.write("CURRENT", broken)
            #expect(throws: BundleFailure.pointerCorrupt) { try store.current() }
        }
        try folder.write("CURRENT", pointer)
        #expect(try store.current() == second)
    }

    @Test func bundlesInUseStay() throws {
        let folder = BundleFolder()
        let store = try BundleStore(directory: folder.path)
        let first = try testBundle()
        let second = try testBundle(version: 2, parent: first.hash)
        let candidate = try testBundle(version: 3, parent: second.hash)
        try store.install(first)
        try store.install(second)
        try store.add(candidate)
        #expect(throws: BundleFailure.inUse) { try store.remove(first.hash) }
        #expect(throws: BundleFailure.inUse) { try store.remove(second.hash) }
        try store.remove(candidate.hash)
        try store.remove(candidate.hash)
        #expect(try store.hashes() == [first.hash, second.hash].sorted())
    }

    @Test func twoStoresInOneFolder() throws {
        let folder = BundleFolder()
        let store = try BundleStore(directory: folder.path)
        #expect(throws: BundleFailure.store(.inputOutput(errno: EWOULDBLOCK))) {
            try BundleStore(directory: folder.path)
        }
        #expect(try store.current() == nil)
    }
}
