public import CryptoPrimitives
package import DurableState
internal import WireFormat

/// A moment of a store's work after which a machine may stop.
/// Source: model-life section 6
package enum BundleStep: Hashable, Sendable {
    /// While a bundle's file is written.
    case bundle(ReplacementStep)
    /// While the pointer is switched.
    case pointer(ReplacementStep)
}

/// Called after every step; what it throws ends the operation at once.
package typealias BundleStepHook = (BundleStep) throws(StateStoreFailure) -> Void

/// Bundles in a directory of their own, each in a file named by its hash, and a pointer to the current one.
///
/// A bundle is on disk, whole, before the pointer names it, and the pointer is replaced in one step: after a stop at any
/// moment the current bundle is the old one or the new one. Bundles are not secret to the directory's owner, whom the store
/// trusts; the directory is 0700. Not for several threads at once.
/// Source: model-life section 6
public final class BundleStore {
    /// The limit on a bundle when none is given: 1 GiB.
    public static let defaultMostBytes = 1 << 30

    /// What is current, and what it follows.
    public struct Pointer: Hashable, Sendable {
        /// The current bundle.
        public let current: Digest
        /// Its parent: what a rollback makes current, even when the current bundle cannot be read any more.
        public let parent: Digest?
    }

    private static let pointerFile = "CURRENT"
    private static let pointerSchema = "secagg-current-bundle-1"
    private static let suffix = ".bundle"

    private let folder: AtomicFolder
    private let mostBytes: Int
    private let stepHook: BundleStepHook?

    /// Opens or creates the store in `directory`, whose parent exists, and removes what interrupted writes left.
    ///
    /// Throws `store` with the directory's refusal: others can reach it, or another store holds it.
    public convenience init(
        directory: String, mostBytes: Int = BundleStore.defaultMostBytes
    ) throws(BundleFailure) {
        try self.init(directory: directory, mostBytes: mostBytes, stepHook: nil)
    }

    package init(
        directory: String, mostBytes: Int = BundleStore.defaultMostBytes, stepHook: BundleStepHook?
    ) throws(BundleFailure) {
        precondition(mostBytes >= 0, "a limit is not negative")
        self.mostBytes = mostBytes
        self.stepHook = stepHook
        folder = try stored { () throws(StateStoreFailure) in try AtomicFolder(path: directory) }
    }

    /// What is current; nil while nothing was. Throws `pointerCorrupt`, `store`.
    public func pointer() throws(BundleFailure) -> Pointer? {
        let contents: [UInt8]?
        do throws(StateStoreFailure) {
            contents = try folder.contents(of: Self.pointerFile, limit: 1024)
        } catch {
            guard error == .recordTooLarge || error == .stateCorrupt else { throw .store(error) }
            throw .pointerCorrupt
        }
        guard let contents else { return nil }
        guard let value = try? JSONValue(parsing: contents, limit: 1024),
            let current = BundleDescription.digest(value["current"])
        else { throw .pointerCorrupt }
        // whatever is no digest reads as none, and is then not what is written below
        let found = Pointer(current: current, parent: BundleDescription.digest(value["parent"]))
        guard Self.bytes(of: found) == contents else { throw .pointerCorrupt }
        return found
    }

    /// The current bundle, verified; nil while nothing was made current.
    ///
    /// Throws as `pointer` and `bundle` do, and `wrongParent` when the bundle follows another one than the pointer says.
    public func current() throws(BundleFailure) -> ModelBundle? {
        guard let pointer = try pointer() else { return nil }
        let bundle = try bundle(pointer.current)
        guard bundle.parent == pointer.parent else {
            throw .wrongParent(expected: pointer.parent, found: bundle.parent)
        }
        return bundle
    }

    /// A bundle of the store, verified.
    ///
    /// Throws `unknown`, `tooLarge` before anything is read, `altered` for a good bundle under another's name, what
    /// `ModelBundle.init(reading:)` throws, `store`.
    public func bundle(_ hash: Digest) throws(BundleFailure) -> ModelBundle {
        let contents: [UInt8]?
        do throws(StateStoreFailure) {
            contents = try folder.contents(of: hash.value.hex + Self.suffix, limit: mostBytes)
        } catch {
            throw error == .recordTooLarge ? .tooLarge : .store(error)
        }
        guard let contents else { throw .unknown(hash) }
        let bundle = try ModelBundle(reading: contents)
        guard bundle.hash == hash else { throw .altered }
        return bundle
    }

    /// Keeps a bundle, on disk when it returns, without making it current: a candidate. Throws `tooLarge`, `store`.
    public func add(_ bundle: ModelBundle) throws(BundleFailure) {
        guard bundle.bytes.count <= mostBytes else { throw .tooLarge }
        try write(bundle.bytes, bundle.hash.value.hex + Self.suffix, BundleStep.bundle)
    }

    /// Makes a kept bundle current.
    ///
    /// Throws `wrongParent` unless it follows the current bundle, `staleVersion` unless its number is above that one's, and what
    /// `bundle` throws of either: a bundle whose parent cannot be read could not be rolled back.
    public func promote(_ hash: Digest) throws(BundleFailure) {
        let next = try bundle(hash)
        let current = try current()
        guard next.parent == current?.hash else { throw .wrongParent(expected: current?.hash, found: next.parent) }
        if let current, next.version <= current.version {
            throw .staleVersion(parent: current.version, offered: next.version)
        }
        try point(to: Pointer(current: hash, parent: next.parent))
    }

    /// Keeps a bundle and makes it current; throws as `add` and `promote` do.
    public func install(_ bundle: ModelBundle) throws(BundleFailure) {
        try add(bundle)
        try promote(bundle.hash)
    }

    /// Makes the current bundle's parent current again, and gives it.
    ///
    /// The parent is read and verified first; of the current bundle nothing is read. Throws `noParent`, and what `bundle` throws
    /// of the parent; then nothing has changed.
    @discardableResult
    public func rollBack() throws(BundleFailure) -> ModelBundle {
        guard let hash = try pointer()?.parent else { throw .noParent }
        let parent = try bundle(hash)
        try point(to: Pointer(current: hash, parent: parent.parent))
        return parent
    }

    /// Removes a bundle; throws `inUse` for the current one and its parent. None there is no error.
    public func remove(_ hash: Digest) throws(BundleFailure) {
        let pointer = try pointer()
        guard hash != pointer?.current, hash != pointer?.parent else { throw .inUse }
        try stored { () throws(StateStoreFailure) in try folder.remove(hash.value.hex + Self.suffix) }
    }

    /// The hashes of all bundles in the store, ascending; the files are not read.
    public func hashes() throws(BundleFailure) -> [Digest] {
        let names = try stored { () throws(StateStoreFailure) in try folder.names() }
        return names.filter { $0.hasSuffix(Self.suffix) }.compactMap { name in
            Bytes32(hex: name.dropLast(Self.suffix.count)).map { Digest($0) }
        }.sorted()
    }

    private func point(to pointer: Pointer) throws(BundleFailure) {
        try write(Self.bytes(of: pointer), Self.pointerFile, BundleStep.pointer)
    }

    private func write(
        _ bytes: [UInt8], _ name: String, _ step: (ReplacementStep) -> BundleStep
    ) throws(BundleFailure) {
        try stored { () throws(StateStoreFailure) in
            try folder.replace(name, with: bytes) { (reached) throws(StateStoreFailure) in
                try stepHook?(step(reached))
            }
        }
    }

    private static func bytes(of pointer: Pointer) -> [UInt8] {
        let value: JSONValue = [
            "schema": .string(pointerSchema), "current": BundleDescription.hex(pointer.current),
            "parent": BundleDescription.hex(pointer.parent),
        ]
        do throws(JSONFailure) {
            return try value.encoded(keys: .sorted)
        } catch {
            preconditionFailure("text and null are written")
        }
    }
}

/// Names the layer of a directory's failure.
private func stored<Value>(_ body: () throws(StateStoreFailure) -> Value) throws(BundleFailure) -> Value {
    do throws(StateStoreFailure) { return try body() } catch { throw .store(error) }
}
