import ShrikeCore
import Testing

@testable import Evidence

struct PacketIndexTests {
    /// Ten frames a second, a key picture each second, in decoding order with a B picture.
    private static let table =
        "0.0,K__\n0.2,___\n0.1,___\n" + (3..<40).map { "\(Double($0) / 10),\($0 % 10 == 0 ? "K" : "_")__\n" }.joined()
        + "h264\n"

    @Test func `a cut begins with the key picture before the time asked for`() throws {
        let index = try #require(PacketIndex(csv: Self.table))
        #expect(index.plan(around: 35, before: 1, after: 0.3) == .init(start: 2, end: 3.8))
        #expect(index.plan(around: 30, before: 1, after: 1)?.start == 2)
        #expect(index.plan(around: 2, before: 5, after: 1) == .init(start: 0, end: 1.2))
        #expect(index.plan(around: 40, before: 1, after: 1) == nil)
        #expect(index.plan(around: -1, before: 1, after: 1) == nil)
    }

    @Test func `times are in the order of display`() throws {
        #expect(try #require(PacketIndex(csv: Self.table)).times.prefix(4) == [0, 0.1, 0.2, 0.3])
    }

    @Test(arguments: [
        "", "h264\n", "N/A,K__\nh264\n", "0.0,___\nh264\n", "0.0,K__\nmjpeg\n", "nan,K__\nh264\n", ",,,\nh264\n",
    ])
    func `what cannot be cut is refused`(_ table: String) { #expect(PacketIndex(csv: table) == nil) }

    @Test func `boxes become drawings at their times and places`() {
        let request = ClipRequest(
            frameIndex: 12, className: "hot{cell}", grade: .serious,
            boxes: [12: Box(x: 10, y: 20, width: 30, height: 40), 5: Box(x: 0, y: 0, width: 5, height: 5)])
        let text = BoxSubtitles(
            request, times: (0..<20).map { Double($0) / 10 }, start: 1, width: 640, height: 512
        ).text
        #expect(text.contains("PlayResX: 640\nPlayResY: 512\n"))
        #expect(text.contains("Dialogue: 0,0:00:00.20,0:00:00.30,Box,{\\pos(10,20)\\p1}m 0 0 l 30 0 l 30 40 l 0 40"))
        #expect(text.contains("hotcell serious"))
        #expect(
            text.split(separator: "\n").count { $0.hasPrefix("Dialogue") } == 2, "the frame before the clip is left out"
        )
    }
}
