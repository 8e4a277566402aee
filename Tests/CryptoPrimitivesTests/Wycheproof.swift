import CryptoPrimitives
import Foundation
import Testing

/// The public hostile vectors under the data folder: `SECAGG_DATA`, or `../shared/data` beside the package.
enum Wycheproof {
    struct Missing: Error {}

    /// Where the vectors are.
    static let folder: URL = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let data =
            ProcessInfo.processInfo.environment["SECAGG_DATA"].map { URL(fileURLWithPath: $0) }
            ?? root.appendingPathComponent("../shared/data").standardized
        return data.appendingPathComponent("wycheproof")
    }()

    /// Whether they are there; says so when not.
    static let isPresent: Bool = {
        let found = FileManager.default.fileExists(atPath: folder.appendingPathComponent("x25519_test.json").path)
        if !found { print("skipped: no Wycheproof vectors; set SECAGG_DATA to the folder that holds wycheproof/") }
        return found
    }()

    /// The groups of a file and its stated number of tests.
    static func load(_ name: String) throws -> (groups: [[String: Any]], count: Int) {
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: folder.appendingPathComponent(name)))
        guard let file = object as? [String: Any], let groups = file["testGroups"] as? [[String: Any]],
            let count = file["numberOfTests"] as? Int
        else { throw Missing() }
        return (groups, count)
    }

    static func tests(of group: [String: Any]) throws -> [[String: Any]] {
        guard let tests = group["tests"] as? [[String: Any]] else { throw Missing() }
        return tests
    }

    static func bytes(_ key: String, of test: [String: Any]) throws -> [UInt8] {
        guard let text = test[key] as? String else { throw Missing() }
        return CryptoPrimitivesTests.bytes(text)
    }

    /// An Ed25519 case; no signature where its length is not one's.
    struct SignatureCase {
        let key: VerifyingKey
        let message: [UInt8]
        let signature: Signature?
        let isValid: Bool
        let identifier: Int
    }

    /// Every Ed25519 case, as many as the file says.
    static func signatures() throws -> [SignatureCase] {
        let file = try load("ed25519_test.json")
        let cases = try file.groups.flatMap { group in
            guard let key = (group["publicKey"] as? [String: Any])?["pk"] as? String else { throw Missing() }
            return try tests(of: group).map { test in
                SignatureCase(
                    key: VerifyingKey(bytes32(key)), message: try bytes("msg", of: test),
                    signature: Signature(try bytes("sig", of: test)), isValid: isValid(test),
                    identifier: identifier(of: test))
            }
        }
        guard cases.count == file.count else { throw Missing() }
        return cases
    }

    static func isValid(_ test: [String: Any]) -> Bool {
        test["result"] as? String == "valid"
    }

    static func identifier(of test: [String: Any]) -> Int {
        test["tcId"] as? Int ?? -1
    }
}
