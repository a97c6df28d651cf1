internal import Imaging
internal import Inference
internal import Kernels
public import ShrikeCore

/// Runs a backbone on pictures, on one thread; its large buffers are made once and used again.
public final class FeatureExtractor {
    public let backbone: Backbone
    /// Runs of the network so far.
    public private(set) var passes = 0
    private let request: NetworkRequest
    private var frames = FramePixels()
    private var filler = InputFiller()

    /// - Throws: ``Inference/InferenceError``.
    public init(_ backbone: Backbone) throws {
        self.backbone = backbone
        request = try backbone.network.makeRequest()
    }

    /// Lends the features of a whole picture, stretched to the backbone's input; good inside `body` only.
    public func withFeatures<R>(of pixels: PixelBuffer, _ body: (borrowing Features) throws -> R) throws -> R {
        try frames.withRows(of: pixels) { rows in
            try body(
                try features(of: rows, letterbox(width: rows.width, height: rows.height, placement: .stretch)))
        }
    }

    /// Goes through the regions of a frame, one pass of the network each.
    func forEachRegion(
        of frame: Frame, plan: TilePlan, placement: Letterbox.Placement,
        _ body: (TileRegion, Int, Letterbox, borrowing Features) throws -> Void
    ) throws {
        try frames.withRows(of: frame.pixels) { rows in
            for (number, region) in plan.regions.enumerated() {
                let part = rows.part(x: region.x, y: region.y, width: region.width, height: region.height)
                let letterbox = letterbox(width: region.width, height: region.height, placement: placement)
                try body(region, number, letterbox, try features(of: part, letterbox))
            }
        }
    }

    private func letterbox(width: Int, height: Int, placement: Letterbox.Placement) -> Letterbox {
        Letterbox(
            pictureWidth: width, pictureHeight: height, inputWidth: backbone.input.width,
            inputHeight: backbone.input.height, placement: placement)
    }

    private func features(of rows: PixelRows, _ letterbox: Letterbox) throws -> Features {
        try request.withPixels { try filler.fill($0, rows, letterbox, network: backbone.network.name) }
        try request.run()
        passes += 1
        return Features(taps: backbone.taps, outputs: try request.outputs())
    }
}
