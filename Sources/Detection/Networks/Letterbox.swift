internal import ShrikeCore

/// How a picture is fitted into a network's input, and how boxes come back.
struct Letterbox: Hashable, Sendable {
    /// Where the scaled picture lies in the input; the rest is filled.
    enum Placement: Hashable, Sendable {
        /// Aspect kept, in the middle, as Ultralytics' `LetterBox(auto=False)`: sizes rounded half to even, half the
        /// rest on each side, `round(rest - 0.1)` at the top and left.
        case center
        /// Aspect kept, at the top left, as YOLOX's `preproc`: sizes cut to whole pixels.
        case topLeft
        /// Aspect given up, as SSD, RT-DETR and FastestDet do.
        case stretch
    }

    /// Gray that the tools fill with.
    static let fill: UInt8 = 114

    var inputWidth: Int
    var inputHeight: Int
    /// The scaled picture inside the input, in pixels of the input.
    var left: Int
    var top: Int
    var width: Int
    var height: Int
    /// Input pixels per picture pixel.
    var scaleX: Double
    var scaleY: Double

    /// What the whole input shows, in pixels of the picture, beyond its edges too.
    var cover: Box {
        Box(
            x: -Double(left) / scaleX, y: -Double(top) / scaleY, width: Double(inputWidth) / scaleX,
            height: Double(inputHeight) / scaleY)
    }

    /// - Precondition: no size is 0.
    init(pictureWidth: Int, pictureHeight: Int, inputWidth: Int, inputHeight: Int, placement: Placement) {
        precondition(pictureWidth > 0 && pictureHeight > 0 && inputWidth > 0 && inputHeight > 0, "empty picture")
        (self.inputWidth, self.inputHeight) = (inputWidth, inputHeight)
        let ratioX = Double(inputWidth) / Double(pictureWidth)
        let ratioY = Double(inputHeight) / Double(pictureHeight)
        let ratio = min(ratioX, ratioY)
        switch placement {
        case .stretch:
            (left, top, width, height) = (0, 0, inputWidth, inputHeight)
            (scaleX, scaleY) = (ratioX, ratioY)
            return
        case .topLeft:
            width = Int(Double(pictureWidth) * ratio)
            height = Int(Double(pictureHeight) * ratio)
        case .center:
            width = Int((Double(pictureWidth) * ratio).rounded(.toNearestOrEven))
            height = Int((Double(pictureHeight) * ratio).rounded(.toNearestOrEven))
        }
        // A picture that is a thousand times as long as wide still gets a pixel.
        width = min(inputWidth, max(1, width))
        height = min(inputHeight, max(1, height))
        (scaleX, scaleY, left, top) = (ratio, ratio, 0, 0)
        if placement == .center {
            left = max(0, Int((Double(inputWidth - width) / 2 - 0.1).rounded(.toNearestOrEven)))
            top = max(0, Int((Double(inputHeight - height) / 2 - 0.1).rounded(.toNearestOrEven)))
        }
    }

    /// A box in pixels of the input, in pixels of the picture.
    func toPicture(left l: Float, top t: Float, right r: Float, bottom b: Float) -> (Double, Double, Double, Double) {
        (
            (Double(l) - Double(left)) / scaleX, (Double(t) - Double(top)) / scaleY,
            (Double(r) - Double(left)) / scaleX, (Double(b) - Double(top)) / scaleY
        )
    }
}
