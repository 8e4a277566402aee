import CryptoPrimitives
import Foundation
import RingVectors
import Testing
import WireFormat

/// Masks made by the Python implementation, on every path that runs AES.
@Suite struct AESMaskKnownAnswerTests {
    @Test(.enabled(if: KeystreamGenerator.aes256CTR.isSupported()))
    func masksAreThoseOfTheVectors() throws {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("aes-masks.json")
        let document = try JSONValue(parsing: [UInt8](Data(contentsOf: file)), limit: 1 << 20)
        let tests = try #require(document["tests"]?.elements)
        #expect(tests.count >= 24)
        for test in tests {
            let inputs = try #require(test["inputs"]), expected = try #require(test["expected"])
            let seed = try bytes(#require(inputs["seed"]?.text))
            let bits = Int(try #require(inputs["bits"]?.int64)), count = Int(try #require(inputs["count"]?.int64))
            for path in KernelPath.available where KeystreamGenerator.aes256CTR.isSupported(on: path) {
                var masks = MaskSchedule(.aes256CTR, capacity: 1)
                seed.withUnsafeBytes { masks.append(seed: $0, subtracted: false) }
                var vector = PackedVector(zeros: count, layout: try LaneLayout(bits: bits))
                vector.apply(masks, threads: 1, on: path)
                let mask = vector.littleEndianBytes()
                #expect(mask.count == 8 * Int(try #require(expected["wordCount"]?.int64)))
                for range in try #require(expected["ranges"]?.elements) {
                    let first = 8 * Int(try #require(range["first"]?.int64))
                    let words = try bytes(#require(range["words"]?.text))
                    #expect(Array(mask[first..<first + words.count]) == words, "\(bits) bits, \(count), on \(path)")
                }
            }
        }
    }

    private func bytes(_ hex: String) throws -> [UInt8] {
        let digits = Array(hex.utf8)
        return try stride(from: 0, to: digits.count, by: 2).map {
            try #require(UInt8(String(decoding: digits[$0..<$0 + 2], as: UTF8.self), radix: 16))
        }
    }
}
