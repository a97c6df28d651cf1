internal import Inference

/// How a family of networks wants its pictures, and whether its boxes still need suppression.
struct InputConvention: Hashable, Sendable {
    var pixels: PixelInput
    var placement: Letterbox.Placement
    /// Several boxes may stand for one object.
    var needsSuppression: Bool

    /// Red, green, blue from 0 to 1.
    static func unitRGB(_ placement: Letterbox.Placement, needsSuppression: Bool) -> InputConvention {
        InputConvention(
            pixels: PixelInput(swapsRedAndBlue: true, scale: [255, 255, 255]), placement: placement,
            needsSuppression: needsSuppression)
    }

    /// Bytes as they are, from 0 to 255.
    static func plain(
        _ placement: Letterbox.Placement, rgb: Bool = false, needsSuppression: Bool
    ) -> InputConvention {
        InputConvention(
            pixels: PixelInput(swapsRedAndBlue: rgb, scale: [1, 1, 1]), placement: placement,
            needsSuppression: needsSuppression)
    }
}
