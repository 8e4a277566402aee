import Testing

@testable import CryptoPrimitives

/// Which of many scalars do not fit their points, against one public element after another.
@Suite struct PublicElementsPropertyTests {
    @Test(arguments: [0, 1, 3, 4, 9, 129, 1100]) func differing(count: Int) throws {
        var random = seeded(91)
        var scalars = SecretSlab(slotCount: max(1, 2 * count), slotBytes: 32)
        var expected: [(slot: Int, element: GroupElement)] = []
        var wrong: [Int] = []
        for index in 0..<count {
            // Slots that are not listed stay zero, and the list need not ascend.
            let slot = 2 * (count - 1 - index)
            let scalar = SecretScalar(random: &random)
            scalar.withUnsafeBytes { source in scalars.withMutableSlot(slot) { $0.copyMemory(from: source) } }
            let isWrong = index % 5 == 1 || index == count - 2
            expected.append((slot, isWrong ? SecretScalar(random: &random).publicElement() : scalar.publicElement()))
            if isWrong { wrong.append(slot) }
        }
        #expect(try PublicElements.differing(scalars, from: expected) == wrong)
    }
}
