import Foundation
import Kernels
import Testing

@testable import SceneTraining

@Suite struct BoxWindowTests {
    /// Strides 8 and 32 of a picture of 384x320.
    private let shape = BoxHeadShape(
        levels: [
            .init(tap: "fine", channels: 2, rows: 40, columns: 48),
            .init(tap: "coarse", channels: 1, rows: 10, columns: 12),
        ],
        width: 4, classes: 2, inputWidth: 384, inputHeight: 320)

    /// Every value is its own position, so that a cut tells where it came from.
    private func sample(_ truths: [BoxSample.Truth]) -> BoxSample {
        BoxSample(
            maps: shape.levels.map { level in (0..<level.channels * level.cells).map(Float.init) }, truths: truths)
    }

    @Test func mapsBoxesAndAnswersMoveTogether() throws {
        let truths = [
            BoxSample.Truth(classIndex: 0, left: 30, top: 40, right: 70, bottom: 90),
            BoxSample.Truth(classIndex: 1, left: 250, top: 200, right: 370, bottom: 300),
        ]
        let (window, sample) = (try #require(BoxWindow(shape, side: 128)), sample(truths))
        let assignment = BoxAssignment(truths, shape: shape)
        var random = SplitMix64(seed: 5)
        #expect((window.shape.inputWidth, window.shape.inputHeight) == (128, 128))
        #expect(window.shape.levels.map(\.rows) == [16, 4])
        for _ in 0..<200 {
            let cut = window.cut(sample, assignment, &random)
            let first = Int(cut.sample.maps[1][0])
            let corner = (x: first % 12, y: first / 12)
            for (level, factor) in [(0, 4), (1, 1)] {
                let (whole, part) = (shape.levels[level], window.shape.levels[level])
                for cell in 0..<part.cells {
                    let (row, column) = (
                        cell / part.columns + corner.y * factor, cell % part.columns + corner.x * factor
                    )
                    #expect(cut.sample.maps[level][cell] == Float(row * whole.columns + column))
                    #expect(cut.assignment.boxes[level][cell] == assignment.boxes[level][row * whole.columns + column])
                }
            }
            let moved = try #require(cut.sample.truths.last)
            #expect(
                moved.left == truths[1].left - Float(32 * corner.x)
                    && moved.bottom == truths[1].bottom - Float(32 * corner.y))
        }
    }

    @Test func mostWindowsShowABox() throws {
        let truths = [BoxSample.Truth(classIndex: 0, left: 10, top: 10, right: 40, bottom: 40)]
        let (window, sample) = (try #require(BoxWindow(shape, side: 128)), sample(truths))
        let assignment = BoxAssignment(truths, shape: shape)
        var random = SplitMix64(seed: 1)
        let shown = (0..<400).count { _ in window.cut(sample, assignment, &random).assignment.positives > 0 }
        // 80 % around the box, and a few by chance.
        #expect((310...370).contains(shown), "\(shown) of 400")
    }

    @Test func smallAndOddPicturesAreSeenWhole() {
        #expect(BoxWindow(shape, side: 288) == nil)
        var odd = shape
        odd.levels[0].rows = 39
        #expect(BoxWindow(odd, side: 128) == nil)
    }
}
