import Foundation
import Imaging
import ShrikeCore

/// Boxes of a defect as subtitles that draw outlines: Advanced SubStation Alpha 4.00+, drawing mode.
struct BoxSubtitles: Hashable, Sendable {
    /// The whole file.
    let text: String

    /// - Parameters:
    ///   - times: seconds of every frame of the footage.
    ///   - start: seconds at which the clip begins.
    ///   - width: of the source picture; boxes are in its pixels.
    init(_ request: ClipRequest, times: [Double], start: Double, width: Int, height: Int) {
        var lines = [
            "[Script Info]", "ScriptType: v4.00+", "PlayResX: \(width)", "PlayResY: \(height)",
            "ScaledBorderAndShadow: yes", "", "[V4+ Styles]",
            "Format: Name, Fontname, Fontsize, PrimaryColour, OutlineColour, BackColour, BorderStyle, Outline, Shadow, "
                + "Alignment, MarginL, MarginR, MarginV",
            "Style: Box,Sans,\(max(12, height / 30)),&HFF000000,\(Self.color(request)),&H00000000,1,2,0,7,0,0,0",
            "Style: Name,Sans,\(max(12, height / 30)),&H00FFFFFF,&H00000000,&H00000000,1,2,0,1,0,0,0", "",
            "[Events]", "Format: Layer, Start, End, Style, Text",
        ]
        for (frame, box) in request.boxes.sorted(by: { $0.key < $1.key }) {
            guard let position = Int(exactly: frame), times.indices.contains(position), times[position] >= start - 1e-6
            else { continue }
            let from = Self.clock(times[position] - start)
            let next = position + 1 < times.count ? times[position + 1] : times[position] + 0.04
            let span = "\(from),\(Self.clock(next - start))"
            let (w, h) = (Int(box.width.rounded()), Int(box.height.rounded()))
            let place = "\\pos(\(Int(box.left.rounded())),\(Int(box.top.rounded())))"
            lines.append("Dialogue: 0,\(span),Box,{\(place)\\p1}m 0 0 l \(w) 0 l \(w) \(h) l 0 \(h)")
            lines.append(
                "Dialogue: 1,\(span),Name,{\(place)}\(Self.plain(request.className)) \(request.grade.rawValue)")
        }
        text = lines.joined(separator: "\n") + "\n"
    }

    /// `&HAABBGGRR`.
    private static func color(_ request: ClipRequest) -> String {
        let color = request.grade.markColor
        return String(format: "&H00%02X%02X%02X", Int(color.blue), Int(color.green), Int(color.red))
    }

    /// `H:MM:SS.cc`.
    private static func clock(_ seconds: Double) -> String {
        let centiseconds = Int((max(0, min(seconds, 86_400)) * 100).rounded())
        return String(
            format: "%d:%02d:%02d.%02d", centiseconds / 360_000, centiseconds / 6000 % 60, centiseconds / 100 % 60,
            centiseconds % 100)
    }

    /// Without what would be read as a command.
    private static func plain(_ text: String) -> String { text.filter { !"{}\\\n\r".contains($0) } }
}
