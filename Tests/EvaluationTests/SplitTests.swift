import Evaluation
import Imaging
import ShrikeCore
import TestKit
import Testing

@Suite struct SplitTests {
    /// A smooth picture from a seed; noise and brightness vary it a little.
    private func picture(_ seed: UInt64, noise: Int = 0, shift: Int = 0, format: PixelFormat = .bgr8) throws
        -> PixelBuffer
    {
        var random = SeededRandom(seed: seed)
        let spots = (0..<8).map { _ in
            (
                x: Int.random(in: 0...95, using: &random), y: Int.random(in: 0...63, using: &random),
                value: Int.random(in: 40...200, using: &random)
            )
        }
        var bytes: [UInt8] = []
        for y in 0..<64 {
            for x in 0..<96 {
                var (value, least) = (0, Int.max)
                for spot in spots {
                    let distance = (spot.x - x) * (spot.x - x) + (spot.y - y) * (spot.y - y)
                    if distance < least { (value, least) = (spot.value, distance) }
                }
                value += shift
                if noise > 0 { value += Int.random(in: -noise...noise, using: &random) }
                for _ in 0..<(format == .bgr8 ? 3 : 1) { bytes.append(UInt8(clamping: value)) }
            }
        }
        return PixelBuffer(copying: bytes, width: 96, height: 64, format: format)
    }

    @Test func nearDuplicatesAreFoundAndOthersAreNot() throws {
        var duplicates = NearDuplicates()
        for picture in [
            try picture(1), try picture(2), try picture(1, noise: 6), try picture(3), try picture(1, shift: 20),
            try picture(2, format: .gray8),
        ] { try duplicates.add(picture) }
        #expect(duplicates.groups() == [[0, 2, 4], [1, 5]])
        #expect(duplicates.count == 6)
    }

    @Test func groupsStayWholeAndSeedsRepeat() {
        let groups = (0..<100).map { "flight \($0 / 7)" }
        let split = GroupedSplit(groups: groups, share: 0.3, seed: 4)
        #expect(split == GroupedSplit(groups: groups, share: 0.3, seed: 4))
        #expect(split != GroupedSplit(groups: groups, share: 0.3, seed: 5))
        #expect(Set(split.train).union(split.test).count == 100 && split.train.count + split.test.count == 100)
        #expect(Set(split.train.map { groups[$0] }).isDisjoint(with: split.test.map { groups[$0] }))
        #expect((28...38).contains(split.test.count))
        #expect(GroupedSplit(groups: groups, share: 0, seed: 1).test.isEmpty)
    }
}
