import Foundation
import ShrikeCore

/// Where: a plan of the flight path and the defects with their circles of error, in meters, north up. Empty where no
/// place is known.
///
/// Projection: equirectangular about the middle of everything shown; good to a part in a thousand over a few kilometers.
struct DefectMap {
    var defects: [DefectReport]
    var paths: [[Pose]]

    private static let width = 1040.0
    private static let height = 520.0
    private static let margin = 44.0

    private struct View {
        var latitude: Double
        var longitude: Double
        var metersPerUnit: Double

        func position(_ latitude: Double, _ longitude: Double) -> (x: Double, y: Double) {
            let north = (latitude - self.latitude) * 111_320
            let east = (longitude - self.longitude) * 111_320 * cos(self.latitude * .pi / 180)
            return (DefectMap.width / 2 + east / metersPerUnit, DefectMap.height / 2 - north / metersPerUnit)
        }
    }

    var html: String {
        let tracks = paths.map { $0.compactMap(Self.place) }.filter { !$0.isEmpty }
        let found = defects.enumerated().compactMap { i, defect in defect.place.map { (i + 1, defect, $0) } }
        let points = tracks.joined() + found.map { ($0.2.latitude, $0.2.longitude) }
        guard let view = Self.view(Array(points)) else { return "" }
        let lines = tracks.map { Self.line($0, view) }.joined()
        let circles = found.reversed().map { number, defect, place -> String in
            let at = view.position(place.latitude, place.longitude)
            let radius = min(400, max(0, place.circularErrorMeters / view.metersPerUnit))
            let (x, y) = (HTML.fixedPoint(at.x), HTML.fixedPoint(at.y))
            let label =
                found.count <= 60
                ? "<text x=\"\(HTML.fixedPoint(at.x + 9))\" y=\"\(HTML.fixedPoint(at.y + 4))\">\(number)</text>" : ""
            return """
                <a href="#d\(number)" class="\(defect.best.grade.rawValue)"><circle class="error" cx="\(x)" cy="\(y)" \
                r="\(HTML.fixedPoint(radius))"/><circle cx="\(x)" cy="\(y)" r="5.5"/>\(label)</a>
                """
        }
        let missing = defects.count - found.count
        let note =
            missing > 0
            ? "<p>\(HTML.both("\(missing) of \(defects.count) defects have no known place.", "\(defects.count) 处缺陷中有 \(missing) 处位置未知。"))</p>"
            : ""
        return """
            <section class="keep"><h2>\(HTML.both("Where", "位置分布"))</h2>\(note)
            <svg class="map" viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" role="img">\(Self.grid(view))\(lines)\
            \(circles.joined())\(Self.furniture(view))</svg>
            <p class="legend"><span class="line"></span>\(HTML.both("flight path", "航迹")) \
            \(Grade.allCases.reversed().map { "<em class=\"dot \($0.rawValue)\"></em>\($0.words)" }.joined(separator: " ")) \
            <span class="ring"></span>\(HTML.both("radius that holds the true place 9 times in 10", "90 % 位置误差半径"))</p></section>
            """
    }

    private static func place(_ pose: Pose) -> (Double, Double)? {
        guard let lat = pose.latitude, let lon = pose.longitude, abs(lat) <= 90, abs(lon) <= 180 else { return nil }
        return (lat, lon)
    }

    private static func view(_ points: [(Double, Double)]) -> View? {
        let points = points.filter { abs($0.0) < 89.9 && abs($0.1) <= 180 }
        guard let south = points.map(\.0).min(), let north = points.map(\.0).max(), let west = points.map(\.1).min(),
            let east = points.map(\.1).max()
        else { return nil }
        let latitude = (south + north) / 2
        let spanY = (north - south) * 111_320
        let spanX = (east - west) * 111_320 * cos(latitude * .pi / 180)
        let scale = max(spanX / (width - 2 * margin), spanY / (height - 2 * margin), 30 / (height - 2 * margin))
        return View(latitude: latitude, longitude: (west + east) / 2, metersPerUnit: scale)
    }

    /// The path with points closer than two units left out.
    private static func line(_ track: [(Double, Double)], _ view: View) -> String {
        var text = ""
        var last: (x: Double, y: Double)?
        for (i, place) in track.enumerated() {
            let p = view.position(place.0, place.1)
            if let last, i != track.count - 1, hypot(p.x - last.x, p.y - last.y) < 2 { continue }
            text += "\(last == nil ? "M" : "L")\(HTML.fixedPoint(p.x)) \(HTML.fixedPoint(p.y))"
            last = p
        }
        return "<path class=\"track\" d=\"\(text)\"/>"
    }

    /// A round length of about a sixth of the map, in meters.
    private static func step(_ view: View) -> Double {
        let wanted = width / 6 * view.metersPerUnit
        let power = pow(10, floor(log10(wanted)))
        return ([5.0, 2, 1].first { $0 * power <= wanted } ?? 1) * power
    }

    private static func grid(_ view: View) -> String {
        let step = step(view) / view.metersPerUnit
        guard step.isFinite, step > 8 else { return "" }
        var text = ""
        for i in -40...40 {
            let (x, y) = (width / 2 + Double(i) * step, height / 2 + Double(i) * step)
            if (0...width).contains(x) { text += "M\(HTML.fixedPoint(x)) 0V\(Int(height))" }
            if (0...height).contains(y) { text += "M0 \(HTML.fixedPoint(y))H\(Int(width))" }
        }
        return "<path class=\"grid\" d=\"\(text)\"/>"
    }

    private static func furniture(_ view: View) -> String {
        let meters = step(view)
        let length = meters / view.metersPerUnit
        let label = meters >= 1000 ? "\(HTML.fixed(meters / 1000, 0)) km" : "\(HTML.fixed(meters, 0)) m"
        let y = height - 22
        return """
            <g class="furniture"><rect x="12" y="\(HTML.fixedPoint(y - 22))" width="\(HTML.fixedPoint(length + 24))" height="34" rx="3"/>\
            <path d="M24 \(HTML.fixedPoint(y - 4))v8h\(HTML.fixedPoint(length))v-8"/>\
            <text x="\(HTML.fixedPoint(24 + length / 2))" y="\(HTML.fixedPoint(y - 6))">\(label)</text>\
            <path class="arrow" d="M1010 18l9 26-9-6-9 6z"/><text x="1010" y="60">N</text></g>
            """
    }
}

extension HTML {
    /// A coordinate with one decimal and an ASCII minus, as SVG wants it.
    fileprivate static func fixedPoint(_ value: Double) -> String {
        let text = fixed(abs(value), 1)
        return value < 0 ? "-" + text : text
    }
}
