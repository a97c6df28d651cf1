import Testing

@testable import Detection

@Suite("Letterbox")
struct LetterboxTests {
    /// Numbers from ultralytics' LetterBox(auto=False) and YOLOX's preproc, computed by hand from their formulas.
    @Test(
        "sizes and offsets are those of the tools",
        arguments: [
            (1920, 1080, 640, 640, Letterbox.Placement.center, [0, 140, 640, 360]),
            (640, 512, 416, 416, .center, [0, 41, 416, 333]),
            (333, 500, 640, 640, .center, [107, 0, 426, 640]),
            (640, 512, 416, 416, .topLeft, [0, 0, 416, 332]),
            (333, 500, 640, 640, .topLeft, [0, 0, 426, 640]),
            (640, 512, 352, 352, .stretch, [0, 0, 352, 352]),
            (100_000, 10, 64, 64, .center, [0, 31, 64, 1]),
        ])
    func geometry(
        _ width: Int, _ height: Int, _ inputW: Int, _ inputH: Int, _ placement: Letterbox.Placement, _ at: [Int]
    ) {
        let box = Letterbox(
            pictureWidth: width, pictureHeight: height, inputWidth: inputW, inputHeight: inputH, placement: placement)
        #expect([box.left, box.top, box.width, box.height] == at)
    }

    @Test("boxes come back to the picture's pixels")
    func back() {
        let box = Letterbox(
            pictureWidth: 1920, pictureHeight: 1080, inputWidth: 640, inputHeight: 640, placement: .center)
        let (l, t, r, b) = box.toPicture(left: 0, top: 140, right: 640, bottom: 500)
        #expect(abs(l) < 1e-9 && abs(t) < 1e-9 && abs(r - 1920) < 1e-9 && abs(b - 1080) < 1e-9)
    }
}
