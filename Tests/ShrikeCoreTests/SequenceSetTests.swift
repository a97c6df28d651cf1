import ShrikeCore
import Testing

@Suite struct SequenceSetTests {
    /// Numbers small enough that the naive form, a plain set, can answer every question.
    private static let top: UInt64 = 60

    @Test func everyAnswerIsThatOfAPlainSet() {
        var state: UInt64 = 7
        func random(_ bound: UInt64) -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return (state >> 33) % bound
        }
        for _ in 0..<300 {
            var fast = SequenceSet()
            var plain: Set<UInt64> = []
            for _ in 0..<random(25) {
                let from = random(Self.top)
                let to = min(Self.top, from + random(6))
                switch random(4) {
                case 0:
                    fast.remove(through: from / 3)
                    plain = plain.filter { $0 > from / 3 }
                case 1:
                    #expect(fast.insert(from) == plain.insert(from).inserted)
                default:
                    fast.insert(from...to)
                    plain.formUnion(from...to)
                }
            }
            #expect(fast.count == UInt64(plain.count))
            #expect((0...Self.top).allSatisfy { fast.contains($0) == plain.contains($0) })
            #expect((fast.first, fast.last) == (plain.min(), plain.max()))
            let (low, high) = (random(30), 30 + random(30))
            #expect(
                Set(fast.missing(in: low...high).ranges.flatMap { Array($0) }) == Set(low...high).subtracting(plain))
            var through = low
            while plain.contains(through + 1) { through += 1 }
            #expect(fast.contiguous(after: low) == through)
            for (a, b) in zip(fast.ranges, fast.ranges.dropFirst()) { #expect(a.upperBound + 1 < b.lowerBound) }
            #expect(SequenceSet(json: fast.json(), limit: 100) == fast)
        }
    }

    @Test func theEndsOfTheNumbersAreNoTrap() {
        var all = SequenceSet([0...UInt64.max])
        #expect(all.count == .max)
        #expect(all.contains(.max) && all.contiguous(after: 5) == .max && all.contiguous(after: .max) == .max)
        #expect(all.missing(in: 0...UInt64.max).isEmpty)
        all.remove(through: .max)
        #expect(all.isEmpty)
        #expect(SequenceSet().missing(in: UInt64.max...UInt64.max).ranges == [UInt64.max...UInt64.max])
    }

    @Test func whatIsNoListOfRangesIsRefused() throws {
        for text in ["5", "[[1]]", "[[2,1]]", "[[-1,2]]", "[[1,2,3]]", "[[\"1\",2]]", "[[1,2],[3,4],[6,7]]"] {
            #expect(SequenceSet(json: try JSONValue(parsing: Array(text.utf8)), limit: 2) == nil, "\(text)")
        }
    }
}
