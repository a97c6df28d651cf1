import Foundation
import Kernels
import ShrikeCore
import TestKit
import Testing

@testable import Agent

struct ChangeGateTests {
    private static let (width, height) = (320, 180)

    /// A textured view under sensor noise, a little different in every frame.
    private static func view(
        _ number: Int, shiftedBy shift: Int = 0, brighter: Int = 0,
        thing: (x: Int, y: Int, side: Int, level: Int)? = nil
    ) -> Frame {
        var grain = SplitMix64(seed: UInt64(number))
        var bytes = [UInt8](repeating: 0, count: width * height)
        for y in 0..<height {
            for x in 0..<width {
                var patch = SplitMix64(seed: UInt64((x + shift) / 14 * 1000 + y / 14))
                var level = 90 + Int(patch.next() % 60) + brighter
                if let thing, (thing.x..<thing.x + thing.side).contains(x), (thing.y..<thing.y + thing.side).contains(y)
                {
                    level += thing.level
                }
                bytes[y * width + x] = UInt8(clamping: level + Int(grain.next() % 5) - 2)
            }
        }
        return Frame(
            index: Int64(number), mediaTime: MediaTime(milliseconds: Int64(number) * 100), origin: "view",
            pixels: PixelBuffer(copying: bytes, width: width, height: height, format: .gray8))
    }

    private static let scene = SceneDefinition(
        name: "roof", version: "1", kind: .detector, classes: [ClassDefinition(code: "hot")],
        persistence: Persistence(hits: 2, window: 3, maximumMisses: 4))

    private static func gate() -> ChangeGate { ChangeGate(scenes: [scene]) }

    /// Numbers of the frames that are looked at.
    private static func looks(_ gate: inout ChangeGate, _ frames: [Frame], edition: Int = 1) -> [Int64] {
        frames.filter { frame in
            if case .look = gate.judge(frame, edition: edition) { true } else { false }
        }.map(\.index)
    }

    @Test func `a still view under noise is looked at until it has settled, then every five seconds`() {
        var gate = Self.gate()
        #expect(Self.looks(&gate, (0..<120).map { Self.view($0) }) == [0, 1, 2, 3, 4, 5, 55, 105])
    }

    @Test(arguments: [3, 6, 20])
    func `a small thing is looked at in the frame in which it comes, and until alerts are decided`(side: Int) {
        var gate = Self.gate()
        let frames = (0..<40).map {
            Self.view($0, thing: $0 >= 20 ? (x: 100, y: 60, side: side, level: 40) : nil)
        }
        #expect(Self.looks(&gate, frames).filter { $0 > 5 } == [20, 21, 22, 23, 24, 25])
    }

    @Test func `light that changes is a change`() {
        var gate = Self.gate()
        let frames = (0..<30).map { Self.view($0, brighter: $0 >= 20 ? 12 : 0) }
        #expect(Self.looks(&gate, frames).contains(20))
    }

    @Test func `what creeps is compared with the last look, not with the frame before`() {
        var gate = Self.gate()
        let frames = (0..<50).map { Self.view($0, thing: (x: 100, y: 60, side: 20, level: max(0, $0 - 10) / 2)) }
        let first = Self.looks(&gate, frames).first { $0 > 5 }
        #expect(first.map { (20...34).contains($0) } == true, "looked at first in frame \(first ?? -1)")
    }

    @Test func `a camera that moves a little is followed, one that shows new things is looked at`() throws {
        var gate = Self.gate()
        _ = Self.looks(&gate, (0..<10).map { Self.view($0) })
        guard case .same(let motion) = gate.judge(Self.view(10, shiftedBy: 2), edition: 1) else {
            Issue.record("two pixels hide nothing")
            return
        }
        #expect(abs(try #require(motion).tx + 2) < 0.2)
        guard case .same(let next) = gate.judge(Self.view(11, shiftedBy: 4), edition: 1) else {
            Issue.record("four pixels hide nothing")
            return
        }
        #expect(abs(try #require(next).tx + 2) < 0.2, "motion is told from the frame before")
        guard case .look = gate.judge(Self.view(12, shiftedBy: 12), edition: 1) else {
            Issue.record("twelve pixels of new picture")
            return
        }
    }

    @Test func `another version of a scene looks anew`() {
        var gate = Self.gate()
        _ = Self.looks(&gate, (0..<10).map { Self.view($0) })
        #expect(Self.looks(&gate, (10..<20).map { Self.view($0) }, edition: 2) == [10, 11, 12, 13, 14, 15])
    }

    @Test func `raw thermal pictures are always looked at`() {
        var gate = Self.gate()
        let pixels = PixelBuffer(
            copying: [UInt8](repeating: 7, count: 64 * 48 * 2), width: 64, height: 48, format: .gray16)
        let frames = (0..<20).map {
            Frame(index: Int64($0), mediaTime: MediaTime(milliseconds: Int64($0) * 100), origin: "raw", pixels: pixels)
        }
        #expect(Self.looks(&gate, frames).count == 20)
    }

    @Test func `what it remembers, stored and read again, decides the same`() throws {
        let frames = (0..<80).map { Self.view($0, thing: $0 % 30 > 25 ? (x: 90, y: 50, side: 8, level: 60) : nil) }
        var whole = Self.gate()
        let expected = Self.looks(&whole, frames)
        for cut in [3, 17, 28, 41] {
            var first = Self.gate()
            let before = Self.looks(&first, Array(frames[..<cut]))
            var second = Self.gate()
            second.memory = try JSONDecoder().decode(
                ChangeGate.Memory.self, from: try JSONEncoder().encode(first.memory))
            #expect(before + Self.looks(&second, Array(frames[cut...])) == expected, "cut at \(cut)")
        }
    }
}
