import CryptoPrimitives
import RingVectors
import Testing

/// Every path of this machine against the slowest one, and sums of masks against lanes added one by one.
///
/// Paths are named call by call: forcing one would be process-wide, and other tests run at the same time.
@Suite struct KernelPathPropertyTests {
    @Test func everyPathMakesTheSameKeystream() {
        let key = [UInt8](repeating: 9, count: 32)
        for generator in KeystreamGenerator.allCases {
            var first: [UInt8]?
            for path in KernelPath.available where generator.isSupported(on: path) {
                var stream = [UInt8](repeating: 0xa5, count: 30_011)
                stream.withUnsafeMutableBytes { stream in
                    key.withUnsafeBytes { generator.keystream(into: stream, key: $0, blockIndex: 77, on: path) }
                }
                #expect(first ?? stream == stream, "\(generator) on \(path)")
                first = stream
            }
        }
    }

    @Test func aesNeedsTheProcessorsInstructions() {
        #expect(!KeystreamGenerator.aes256CTR.isSupported(on: .portable))
        #expect(KeystreamGenerator.aes256CTR.implementation(on: .portable) == "none")
        #expect(KernelPath.available.allSatisfy { KeystreamGenerator.chaCha20.isSupported(on: $0) })
    }

    @Test func schedulesAreTheSumOfTheirMasksOnEveryPathAndByAnyNumberOfThreads() throws {
        for (bits, count) in [(8, 40_003), (21, 100_000), (21, 7), (32, 30_001), (62, 5_000), (64, 70_001)] {
            let layout = try LaneLayout(bits: bits)
            let seeds = (0..<5).map { seed in [UInt8](repeating: UInt8(seed + bits), count: 32) }
            for generator in KeystreamGenerator.allCases where generator.isSupported() {
                var expected = [Int64](repeating: 0, count: count)
                for (index, seed) in seeds.enumerated() {
                    let values = maskValues(of: generator, seed: seed, count: count, bits: bits)
                    for i in 0..<count {
                        expected[i] = index % 2 == 0 ? expected[i] &+ values[i] : expected[i] &- values[i]
                    }
                }
                let sum = try PackedVector(reducing: expected, layout: layout)
                for path in KernelPath.available where generator.isSupported(on: path) {
                    for threads in [1, 2, 5] {
                        var masks = MaskSchedule(generator, capacity: seeds.count)
                        for (index, seed) in seeds.enumerated() {
                            seed.withUnsafeBytes { masks.append(seed: $0, subtracted: index % 2 == 1) }
                        }
                        var vector = PackedVector(zeros: count, layout: layout)
                        vector.apply(masks, threads: threads, on: path)
                        #expect(vector == sum, "\(generator), \(path), \(bits) bits, \(threads) threads")
                    }
                }
            }
        }
    }
}

/// The values of a mask, cut out of the keystream one by one.
private func maskValues(of generator: KeystreamGenerator, seed: [UInt8], count: Int, bits: Int) -> [Int64] {
    let lanes = 64 / bits
    var bytes = [UInt8](repeating: 0, count: 8 * ((count + lanes - 1) / lanes))
    let slowest = KernelPath.available.first { generator.isSupported(on: $0) } ?? .automatic
    bytes.withUnsafeMutableBytes { bytes in
        seed.withUnsafeBytes { generator.keystream(into: bytes, key: $0, blockIndex: 0, on: slowest) }
    }
    return (0..<count).map { index in
        let word = (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[8 * (index / lanes) + $1]) << UInt64(8 * $1) }
        let value = word >> UInt64(index % lanes * bits)
        return bits == 64 ? Int64(bitPattern: value) : Int64(value & (1 << UInt64(bits) - 1))
    }
}
