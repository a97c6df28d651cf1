import Imaging
public import ShrikeCore

/// Turns a frame and the facts of an alert into an annotated JPEG. A pure function: same input, same bytes.
///
/// The picture keeps all its pixels; words stand on a band below it. Defects too small to see get a magnified
/// cut-out. `gray16` frames are spread linearly over the values that occur (0.5th to 99.8th percentile).
public struct EvidenceRenderer: Hashable, Sendable {
    /// Longest side of the result in pixels, caption included.
    public var maximumSide: Int
    /// JPEG quality, 1 to 100.
    public var quality: Int
    /// Longest side of a thumbnail in pixels.
    public var thumbnailSide: Int
    /// Largest thumbnail in bytes.
    public var thumbnailBytes: Int

    public init(
        maximumSide: Int = 1600, quality: Int = 88, thumbnailSide: Int = 400, thumbnailBytes: Int = 64 << 10
    ) {
        self.maximumSide = min(max(160, maximumSide), 16_384)
        self.quality = min(max(1, quality), 100)
        self.thumbnailSide = min(max(64, thumbnailSide), 4096)
        self.thumbnailBytes = thumbnailBytes
    }

    /// The annotated picture with its caption, as JPEG.
    ///
    /// - Throws: ``EvidenceError`` where the pixels cannot be drawn on or encoded.
    public func picture(of pixels: PixelBuffer, facts: EvidenceFacts) throws(EvidenceError) -> [UInt8] {
        do throws(ImagingError) {
            let caption = EvidenceCaption(facts)
            let layout = EvidenceLayout(
                sourceWidth: pixels.width, sourceHeight: pixels.height, box: facts.box, minimumWidth: 640,
                maximumSide: maximumSide, bandHeight: { CaptionBand(caption, width: $0).height })
            let marked = try Self.marked(pixels, facts: facts, layout: layout, withLeader: true)
            let band = CaptionBand(caption, width: layout.width)
            var canvas = try Image(width: layout.width, height: layout.height + band.height)
            try canvas.fill(blue: 28, green: 24, red: 22)
            try canvas.paste(marked, x: 0, y: 0)
            try band.draw(on: &canvas, top: layout.height, grade: facts.grade)
            return try canvas.encoded(.jpeg(quality: quality))
        } catch {
            throw Self.failure(error, facts)
        }
    }

    /// A small picture of at most ``thumbnailBytes``, without caption, for the report and for messages.
    ///
    /// Quality falls first, then size.
    public func thumbnail(of pixels: PixelBuffer, facts: EvidenceFacts) throws(EvidenceError) -> [UInt8] {
        do throws(ImagingError) {
            var side = thumbnailSide
            while true {
                let layout = EvidenceLayout(
                    sourceWidth: pixels.width, sourceHeight: pixels.height, box: facts.box,
                    minimumWidth: min(320, side),
                    maximumSide: side, bandHeight: { _ in 0 })
                let marked = try Self.marked(pixels, facts: facts, layout: layout, withLeader: false)
                for quality in [78, 65, 50, 35] {
                    let bytes = try marked.encoded(.jpeg(quality: quality))
                    if bytes.count <= thumbnailBytes { return bytes }
                }
                guard side > 64 else {
                    throw ImagingError(.badArgument, "no thumbnail fits into \(thumbnailBytes) bytes")
                }
                side = max(64, side * 2 / 3)
            }
        } catch {
            throw Self.failure(error, facts)
        }
    }

    /// The frame as a person sees it, without marks: at most `side` pixels and ``thumbnailBytes`` large.
    ///
    /// - Throws: ``EvidenceError`` where the pixels cannot be encoded.
    public func plain(_ pixels: PixelBuffer, side: Int) throws(EvidenceError) -> [UInt8] {
        do throws(ImagingError) {
            let scale = min(1, Double(side) / Double(max(pixels.width, pixels.height)))
            let tone =
                pixels.format == .gray16 ? ToneMapping(pixels, box: Box(x: 0, y: 0, width: 0, height: 0)) : nil
            let picture = try pixels.withImage { (image) throws(ImagingError) in
                try Self.colored(
                    image, width: max(1, Int(Double(pixels.width) * scale)),
                    height: max(1, Int(Double(pixels.height) * scale)), tone: tone)
            }
            for quality in [78, 65, 50, 35] {
                let bytes = try picture.encoded(.jpeg(quality: quality))
                if bytes.count <= thumbnailBytes { return bytes }
            }
            throw ImagingError(.badArgument, "the picture does not fit into \(thumbnailBytes) bytes")
        } catch {
            throw EvidenceError("picture not made (\(error.message))", at: "frame", remedy: "ask for it again")
        }
    }

    private static func failure(_ error: ImagingError, _ facts: EvidenceFacts) -> EvidenceError {
        EvidenceError(
            "evidence picture not made (\(error.message))", at: "\(facts.source) frame \(facts.frameIndex)",
            remedy: "the alert goes out without it")
    }

    /// The scaled picture in color with box, outline and magnified cut-out.
    private static func marked(
        _ pixels: PixelBuffer, facts: EvidenceFacts, layout: EvidenceLayout, withLeader: Bool
    ) throws(ImagingError) -> Image {
        let tone = pixels.format == .gray16 ? ToneMapping(pixels, box: facts.box) : nil
        var picture = try pixels.withImage { (image) throws(ImagingError) in
            try colored(image, width: layout.width, height: layout.height, tone: tone)
        }
        let color = facts.grade.markColor
        let line = max(3, Int((2.5 * layout.unit).rounded()))
        try drawMarks(
            on: &picture, box: layout.box, outline: facts.outline, scale: layout.scale, shift: Point(x: 0, y: 0),
            color: color, line: line)
        if let inset = layout.inset {
            if withLeader {
                try drawLeader(to: inset, from: layout.box, color: color, gap: Double(line) * 2, on: &picture)
            }
            try drawInset(inset, of: pixels, tone: tone, facts: facts, color: color, line: line, on: &picture)
            if withLeader {
                try label(inset, "x\(EvidenceCaption.fixed(inset.scale / layout.scale, 1))", layout, on: &picture)
            }
        }
        return picture
    }

    /// 8-bit color in the size asked for; shrinks before it maps tones, so that large frames stay cheap.
    private static func colored(
        _ image: borrowing Image, width: Int, height: Int, tone: ToneMapping?
    ) throws(ImagingError) -> Image {
        let shrinks = width < image.width
        let scaled = try image.resized(width: width, height: height, interpolation: shrinks ? .area : .cubic)
        guard let tone else { return try scaled.bgr() }
        return try scaled.to8Bit(scale: tone.scale, shift: tone.shift).bgr()
    }

    /// Box a little outside the defect, dark below the color so that it shows on any ground.
    private static func drawMarks(
        on picture: inout Image, box: Box, outline: [Point]?, scale: Double, shift: Point, color: Color, line: Int
    ) throws(ImagingError) {
        let gap = Double(line)
        let frame = Box(
            left: max(0, box.left - gap), top: max(0, box.top - gap),
            right: min(Double(picture.width - 1), box.right + gap),
            bottom: min(Double(picture.height - 1), box.bottom + gap))
        try picture.draw(frame, color: .black, thickness: line + 2)
        try picture.draw(frame, color: color, thickness: line)
        if let outline, outline.count >= 3, min(box.width, box.height) >= 16 {
            let points = outline.map { Point(x: ($0.x - shift.x) * scale, y: ($0.y - shift.y) * scale) }
            try picture.draw(polygon: points, color: .white, thickness: 1)
        }
    }

    /// A line from the box's edge, not from the defect, to the cut-out.
    private static func drawLeader(
        to inset: EvidenceLayout.Inset, from box: Box, color: Color, gap: Double, on picture: inout Image
    ) throws(ImagingError) {
        let half = Double(inset.side) / 2
        let center = Point(x: Double(inset.x) + half, y: Double(inset.y) + half)
        let target = box.center
        let dx = center.x - target.x
        let dy = center.y - target.y
        let reach = 1 / max(abs(dx) / (box.width / 2 + gap), abs(dy) / (box.height / 2 + gap), 1)
        let edge = Point(x: target.x + dx * reach, y: target.y + dy * reach)
        try picture.drawLine(from: edge, to: center, color: .black, thickness: 3)
        try picture.drawLine(from: edge, to: center, color: color, thickness: 1)
    }

    private static func drawInset(
        _ inset: EvidenceLayout.Inset, of pixels: PixelBuffer, tone: ToneMapping?, facts: EvidenceFacts, color: Color,
        line: Int, on picture: inout Image
    ) throws(ImagingError) {
        var zoomed = try pixels.withImage { (image) throws(ImagingError) in
            let part = try image.cropped(
                x: inset.sourceX, y: inset.sourceY, width: inset.sourceSide, height: inset.sourceSide)
            return try colored(part, width: inset.side, height: inset.side, tone: tone)
        }
        let s = inset.scale
        let origin = Point(x: Double(inset.sourceX), y: Double(inset.sourceY))
        let box = Box(
            x: (facts.box.x - origin.x) * s, y: (facts.box.y - origin.y) * s, width: facts.box.width * s,
            height: facts.box.height * s)
        try drawMarks(
            on: &zoomed, box: box, outline: facts.outline, scale: s, shift: origin, color: color, line: max(2, line - 1)
        )
        try picture.paste(zoomed, x: inset.x, y: inset.y)
        let place = Box(x: Double(inset.x), y: Double(inset.y), width: Double(inset.side), height: Double(inset.side))
        try picture.draw(place, color: .black, thickness: line + 2)
        try picture.draw(place, color: color, thickness: line)
    }

    /// How much larger than the picture the cut-out is.
    private static func label(
        _ inset: EvidenceLayout.Inset, _ text: String, _ layout: EvidenceLayout, on picture: inout Image
    ) throws(ImagingError) {
        let unit = layout.unit
        let x = Double(inset.x) + 6 * unit
        let y = Double(inset.y + inset.side) - 8 * unit
        let stroke = max(1, Int(unit))
        try picture.draw(text: text, x: x, y: y, scale: 0.45 * unit, color: .black, thickness: stroke + 3)
        try picture.draw(text: text, x: x, y: y, scale: 0.45 * unit, color: .white, thickness: stroke)
    }
}
