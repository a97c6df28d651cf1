import ShrikeCore
import Testing

@testable import Agent

struct RunPlanTests {
    private func plan(_ pictures: [Int?]) -> RunPlan {
        let info = SourceInfo(id: "s", kind: .file, redactedAddress: "s", isLive: false, isMotion: true)
        return RunPlan(
            run: "run", settings: "", program: "", site: "", gateway: "", version: "", scenes: [],
            items: pictures.map { RunPlan.Item(name: "s", info: info, scenes: [0], pictures: $0) }, failures: [],
            skipped: [])
    }

    @Test func `a video is one piece, stills are cut into pieces that cover each once`() {
        let pieces = plan([nil, 70, 32, 1]).pieces
        #expect(pieces.map(\.number) == Array(0..<6))
        #expect(pieces.map(\.item) == [0, 1, 1, 1, 2, 3])
        #expect(pieces.map(\.pictures) == [nil, 0..<32, 32..<64, 64..<70, 0..<32, 0..<1])
    }

    @Test(arguments: [1, 2, 3, 7])
    func `shards share all pieces without overlap`(_ count: Int) throws {
        let shards = try (1...count).map { try #require(ReplayShard(number: $0, of: count)) }
        for piece in plan([nil, 300, nil]).pieces {
            #expect(shards.count { $0.takes(piece.number) } == 1)
        }
    }

    @Test func `senseless shards are none`() {
        for (number, count) in [(0, 3), (4, 3), (1, 0), (-1, 2), (1, Int.max)] {
            #expect(ReplayShard(number: number, of: count) == nil)
        }
    }
}
