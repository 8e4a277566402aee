import CryptoPrimitives
import SecAggSimulation
import Testing

@Suite struct ChaCha20KnownAnswerTests {
    private func keystream(_ key: String, _ count: Int, at block: UInt32) -> [UInt8] {
        // Something other than zero lies in the buffer before: the keystream overwrites, it does not add.
        var stream = [UInt8](repeating: 0xa5, count: count)
        stream.withUnsafeMutableBytes { stream in
            bytes(key).withUnsafeBytes { ChaCha20.keystream(into: stream, key: $0, blockIndex: block) }
        }
        return stream
    }

    @Test func agreesWithTheStandard() {
        for row in KnownAnswers.chaCha20 {
            #expect(hex(keystream(row.key, 64, at: row.block)) == row.stream)
        }
        #expect(
            hex(keystream(KnownAnswers.chaCha20Key, 64, at: UInt32.max)) == KnownAnswers.chaCha20LastBlock)
        let long = keystream(KnownAnswers.chaCha20Key, 100_000, at: 0)
        #expect(Blake2b.hash(long, Personalisation("QSA1 test")).value.hex == KnownAnswers.chaCha20Digest)
    }

    @Test func everyBlockOffsetSeeks() {
        let whole = keystream(KnownAnswers.chaCha20Key, 64 * 300, at: 0)
        for block in 0..<300 {
            for count in [0, 1, 63, 64, 65, 512, 1000, 2048] {
                let start = 64 * block
                let length = min(count, whole.count - start)
                let part = keystream(KnownAnswers.chaCha20Key, length, at: UInt32(block))
                #expect(part == Array(whole[start..<start + length]))
            }
        }
    }
}

@Suite struct SeededRandomSourceKnownAnswerTests {
    @Test func agreesWithTheDocumentedStream() {
        for row in KnownAnswers.seeded {
            var source: any RandomSource = SeededRandomSource(seed: row.seed, label: row.label)
            #expect(hex(draw(80, from: &source)) == row.head)
            source = SeededRandomSource(seed: row.seed, label: row.label)
            let long = draw(100_003, from: &source)
            #expect(Blake2b.hash(long, Personalisation("QSA1 test")).value.hex == row.digest)
        }
        var plain: any RandomSource = SeededRandomSource(seed: 42)
        #expect(hex(draw(80, from: &plain)) == KnownAnswers.seeded[1].head)
    }

    @Test func theCutOfTheFillsDoesNotMatter() {
        var whole = seeded(9)
        let expected = draw(20_000, from: &whole)
        var sizes = seeded(10)
        var pieces = seeded(9)
        var collected: [UInt8] = []
        while collected.count < expected.count {
            let wanted = Int(draw(1, from: &sizes)[0])
            collected += draw(min(wanted, expected.count - collected.count), from: &pieces)
        }
        #expect(collected == expected)
    }

    @Test func theKeyChangesAtTheEndOfItsStream() {
        let key = bytes32(KnownAnswers.chaCha20Key)
        var source = SeededRandomSource(key: key)
        source.skip((1 << 38) - 100)
        var before: any RandomSource = source
        #expect(hex(draw(228, from: &before)) == KnownAnswers.seededRekey)
        source.skip(100)
        var after: any RandomSource = source
        #expect(hex(draw(128, from: &after)) == String(KnownAnswers.seededRekey.suffix(256)))
    }
}

@Suite struct SystemRandomSourcePropertyTests {
    @Test func fillsTheWholeBuffer() {
        var source: any RandomSource = SystemRandomSource()
        let count = 1 << 20
        let ones = draw(count, from: &source).reduce(0) { $0 + $1.nonzeroBitCount }
        // Eight million fair coins: the standard deviation is 1,448; seven of them either way.
        #expect(abs(ones - 4 * count) < 10_137)
        for size in [0, 1, 2, 31, 33] {
            // A byte stays zero in forty draws with probability 2^-320.
            var seen = [UInt8](repeating: 0, count: size)
            for _ in 0..<40 {
                for (index, byte) in draw(size, from: &source).enumerated() { seen[index] |= byte }
            }
            #expect(!seen.contains(0))
        }
    }
}
