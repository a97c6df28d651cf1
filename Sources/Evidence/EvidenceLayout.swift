import ShrikeCore

/// Where everything goes on an evidence picture; pixels of the result. A pure function of sizes.
struct EvidenceLayout: Hashable {
    /// Size of the scaled picture; the caption band lies below it.
    var width: Int
    var height: Int
    /// Result pixels per source pixel.
    var scale: Double
    /// Relative size of all marks: 1 at 640 px width.
    var unit: Double
    /// The defect's box on the scaled picture.
    var box: Box
    /// Magnified cut-out; nil where the defect is large enough to see.
    var inset: Inset?

    struct Inset: Hashable {
        /// Part of the source picture that is magnified.
        var sourceX: Int
        var sourceY: Int
        var sourceSide: Int
        /// Place on the result.
        var x: Int
        var y: Int
        var side: Int

        var scale: Double { Double(side) / Double(sourceSide) }
    }

    /// - Parameters:
    ///   - box: the defect in pixels of the source picture.
    ///   - bandHeight: height of the caption for a picture of a given width.
    init(
        sourceWidth: Int, sourceHeight: Int, box: Box, minimumWidth: Int, maximumSide: Int,
        bandHeight: (Int) -> Int
    ) {
        let w = Double(sourceWidth)
        let h = Double(sourceHeight)
        // Small thermal pictures grow until a caption fits, large ones shrink to the limit, band included.
        var scale = min(max(1, Double(minimumWidth) / w), Double(maximumSide) / max(w, h))
        for _ in 0..<2 {
            let band = Double(bandHeight(max(1, Int((w * scale).rounded(.down)))))
            if h * scale + band > Double(maximumSide) { scale = max(16 / max(w, h), (Double(maximumSide) - band) / h) }
        }
        self.scale = scale
        width = max(16, Int((w * scale).rounded(.down)))
        height = max(16, Int((h * scale).rounded(.down)))
        unit = max(0.75, Double(width) / 640)
        let inside = box.clipped(toWidth: w, height: h) ?? Box(x: 0, y: 0, width: 1, height: 1)
        self.box = Box(
            x: inside.x * scale, y: inside.y * scale, width: inside.width * scale, height: inside.height * scale)
        inset = Self.inset(
            for: inside, sourceWidth: sourceWidth, sourceHeight: sourceHeight, on: (width, height), scale: scale)
    }

    /// A cut-out of three box sides, in a corner away from the box, where the box is under 1/9 of the picture.
    private static func inset(
        for box: Box, sourceWidth: Int, sourceHeight: Int, on size: (width: Int, height: Int), scale: Double
    ) -> Inset? {
        let shorter = Double(min(size.width, size.height))
        let longest = max(box.width, box.height)
        guard longest * scale < shorter / 9 else { return nil }
        let side = Int(shorter * 0.34)
        let sourceSide = min(min(sourceWidth, sourceHeight), max(12, Int((longest * 2.5).rounded(.up))))
        guard side >= 48, Double(side) / Double(sourceSide) >= scale * 1.5 else { return nil }
        let center = box.center
        let x = min(max(0, Int(center.x) - sourceSide / 2), sourceWidth - sourceSide)
        let y = min(max(0, Int(center.y) - sourceSide / 2), sourceHeight - sourceSide)
        let margin = max(4, Int(shorter / 60))
        // Across the picture on its longer side, level with the defect: near enough to see what belongs together.
        var left = center.x * scale > Double(size.width) / 2
        var top = center.y * scale > Double(size.height) / 2
        if size.width >= size.height { top.toggle() } else { left.toggle() }
        return Inset(
            sourceX: x, sourceY: y, sourceSide: sourceSide, x: left ? margin : size.width - side - margin,
            y: top ? margin : size.height - side - margin, side: side)
    }
}
