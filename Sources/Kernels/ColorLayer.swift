internal import CKernels

/// A layer of blue, green, red (0 to 255) and cover (0 to 1), on which visible-light footage is painted.
public struct ColorLayer: Sendable {
    public let width: Int
    public let height: Int
    private var values: [Float]
    /// Which blocks of 16x16 values hold anything, filled by ``finish()``.
    private var blocks: [UInt8] = []

    /// A layer that is empty and lets everything behind it through.
    public init(width: Int, height: Int) {
        (self.width, self.height) = (max(2, width), max(2, height))
        values = Array(repeating: 0, count: 4 * self.width * self.height)
    }

    /// A full layer of three planes of the same size.
    public init(blue: ValuePlane, green: ValuePlane, red: ValuePlane) {
        precondition(
            blue.width >= 2 && blue.height >= 2 && blue.values.count == green.values.count, "planes of one size")
        precondition(blue.values.count == red.values.count, "planes of one size")
        (width, height) = (blue.width, blue.height)
        values = blue.values + green.values + red.values + [Float](repeating: 1, count: blue.values.count)
    }

    public struct Paint: Hashable, Sendable {
        public var blue: Double
        public var green: Double
        public var red: Double

        public init(blue: Double, green: Double, red: Double) { (self.blue, self.green, self.red) = (blue, green, red) }
    }

    /// A round shed of an insulator seen at a slant.
    public struct Shed: Hashable, Sendable {
        public var x: Double
        public var y: Double
        /// Half axes before turning, and the turn in radians.
        public var radiusX: Double
        public var radiusY: Double
        public var turn: Double
        public var paint: Paint
        /// 1 for porcelain, less for glass.
        public var opacity: Double
        /// Strength of the highlight, 0 to 1.
        public var gloss: Double
        /// Broken-out sector: start and angle in radians (angle 0 for none), and the share of the radius that is left
        /// there.
        public var gapStart: Double
        public var gapAngle: Double
        public var gapDepth: Double
        public var seed: UInt64

        public init(
            x: Double, y: Double, radiusX: Double, radiusY: Double, turn: Double, paint: Paint, opacity: Double,
            gloss: Double,
            gapStart: Double = 0, gapAngle: Double = 0, gapDepth: Double = 1, seed: UInt64
        ) {
            (self.x, self.y, self.radiusX, self.radiusY, self.turn) = (x, y, radiusX, radiusY, turn)
            (self.paint, self.opacity, self.gloss) = (paint, opacity, gloss)
            (self.gapStart, self.gapAngle, self.gapDepth, self.seed) = (gapStart, gapAngle, gapDepth, seed)
        }
    }

    public mutating func draw(_ shed: Shed) {
        let native = cfootage_shed(
            x: Float(shed.x), y: Float(shed.y), radius_x: Float(shed.radiusX), radius_y: Float(shed.radiusY),
            turn: Float(shed.turn), blue: Float(shed.paint.blue), green: Float(shed.paint.green),
            red: Float(shed.paint.red),
            alpha: Float(shed.opacity), gloss: Float(shed.gloss), gap_start: Float(shed.gapStart),
            gap_angle: Float(shed.gapAngle), gap_depth: Float(shed.gapDepth), seed: shed.seed)
        cfootage_draw_shed(&values, Int32(clamping: width), Int32(clamping: height), native)
    }

    /// A round bar, shaded across its width.
    public mutating func drawBar(
        from a: (x: Double, y: Double), to b: (x: Double, y: Double), radius: Double, paint: Paint
    ) {
        cfootage_draw_bar(
            &values, Int32(clamping: width), Int32(clamping: height), Float(a.x), Float(a.y), Float(b.x), Float(b.y),
            Float(radius), Float(paint.blue), Float(paint.green), Float(paint.red))
    }

    /// How a camera sees two layers, one in front of the other.
    public struct View: Hashable, Sendable {
        /// Row-major 2x3 maps from pixels to each layer.
        public var back: [Double]
        public var front: [Double]
        /// Pixels that the front moves during the exposure, and how finely that is sampled.
        public var motionX: Double
        public var motionY: Double
        public var samples: Int
        public var exposure: Double
        /// Deviation of the sensor's noise in 8-bit steps.
        public var noise: Double
        public var seed: UInt64

        public init(
            back: [Double], front: [Double], motionX: Double, motionY: Double, samples: Int, exposure: Double,
            noise: Double,
            seed: UInt64
        ) {
            (self.back, self.front, self.motionX, self.motionY) = (back, front, motionX, motionY)
            (self.samples, self.exposure, self.noise, self.seed) = (samples, exposure, noise, seed)
        }
    }

    /// Ends painting: notes which parts hold anything, which ``compose(over:view:width:height:into:)`` relies on.
    public mutating func finish() {
        blocks = Array(repeating: 0, count: (width + 15) / 16 * ((height + 15) / 16))
        cfootage_occupancy(values, Int32(clamping: width), Int32(clamping: height), &blocks)
    }

    /// Writes a picture of this layer over `back` as tightly packed BGR bytes.
    public func compose(
        over back: ColorLayer, view: View, width: Int, height: Int, into target: UnsafeMutableRawBufferPointer
    ) {
        precondition(view.back.count == 6 && view.front.count == 6, "affine maps have six numbers")
        precondition(!blocks.isEmpty, "finish() comes before compose()")
        precondition(width > 0 && height > 0 && target.count >= 3 * width * height, "room for the picture")
        var native = cfootage_view()
        let (b, f) = (view.back, view.front)
        native.back = (b[0], b[1], b[2], b[3], b[4], b[5])
        native.front = (f[0], f[1], f[2], f[3], f[4], f[5])
        native.motion_x = Float(view.motionX)
        native.motion_y = Float(view.motionY)
        native.samples = Int32(clamping: max(1, view.samples))
        native.exposure = Float(view.exposure)
        native.sigma = Float(view.noise)
        native.seed = view.seed
        var scratch = [Float](repeating: 0, count: 3 * width)
        cfootage_compose(
            back.values, Int32(clamping: back.width), Int32(clamping: back.height), values, Int32(clamping: self.width),
            Int32(clamping: self.height), blocks, native, target.assumingMemoryBound(to: UInt8.self).baseAddress,
            Int32(clamping: width), Int32(clamping: height), &scratch)
    }
}
