internal import COpenCV
public import ShrikeCore

/// A colour of drawn marks.
public struct Color: Hashable, Sendable {
    public var blue: UInt8
    public var green: UInt8
    public var red: UInt8

    public init(red: UInt8, green: UInt8, blue: UInt8) { (self.red, self.green, self.blue) = (red, green, blue) }

    public static let white = Color(red: 255, green: 255, blue: 255)
    public static let black = Color(red: 0, green: 0, blue: 0)
}

/// Marks on a picture; all coordinates in its pixels, parts outside are cut off.
extension Image {
    public mutating func draw(_ box: Box, color: Color, thickness: Int = 2) throws(ImagingError) {
        let rect = cocv_rect(
            x: pixel(box.x), y: pixel(box.y), width: max(1, pixel(box.width)), height: max(1, pixel(box.height)))
        try attempt {
            cocv_rectangle(handle, rect, color.blue, color.green, color.red, Int32(clamping: thickness), &$0)
        }
    }

    /// A closed outline; a negative thickness fills it.
    public mutating func draw(polygon points: [Point], color: Color, thickness: Int = 2) throws(ImagingError) {
        let xy = points.flatMap { [pixel($0.x), pixel($0.y)] }
        try attempt {
            cocv_polygon(
                handle, xy, Int32(clamping: points.count), color.blue, color.green, color.red,
                Int32(clamping: thickness),
                &$0)
        }
    }

    public mutating func drawLine(from a: Point, to b: Point, color: Color, thickness: Int = 1) throws(ImagingError) {
        try attempt {
            cocv_line(
                handle, pixel(a.x), pixel(a.y), pixel(b.x), pixel(b.y), color.blue, color.green, color.red,
                Int32(clamping: thickness), &$0)
        }
    }

    /// An ellipse turned clockwise by `degrees`; a negative thickness fills it.
    public mutating func drawEllipse(
        center: Point, radiusX: Double, radiusY: Double, degrees: Double = 0, color: Color, thickness: Int = 1
    ) throws(ImagingError) {
        try attempt {
            cocv_ellipse(
                handle, center.x, center.y, radiusX, radiusY, degrees, color.blue, color.green, color.red,
                Int32(clamping: thickness), &$0)
        }
    }

    /// ASCII text with its baseline's left end at (x, y); other characters show as `?`.
    public mutating func draw(
        text: String, x: Double, y: Double, scale: Double = 0.5, color: Color, thickness: Int = 1
    ) throws(ImagingError) {
        try attempt {
            cocv_text(
                handle, asciiOnly(text), pixel(x), pixel(y), scale, color.blue, color.green, color.red,
                Int32(clamping: thickness), &$0)
        }
    }

    /// Width and height, descenders included, that drawn text takes.
    public static func textSize(_ text: String, scale: Double = 0.5, thickness: Int = 1) -> (width: Int, height: Int) {
        var w: Int32 = 0
        var h: Int32 = 0
        cocv_text_size(asciiOnly(text), scale, Int32(clamping: thickness), &w, &h)
        return (Int(w), Int(h))
    }
}

private func pixel(_ value: Double) -> Int32 {
    value.isFinite ? Int32(clamping: Int64(max(-1e6, min(1e6, value)).rounded())) : 0
}

private func asciiOnly(_ text: String) -> String {
    String(String.UnicodeScalarView(text.unicodeScalars.map { (32..<127).contains($0.value) ? $0 : "?" }))
}
