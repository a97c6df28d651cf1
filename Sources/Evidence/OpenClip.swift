import Imaging
import ShrikeCore

/// A clip being written; used by one thread, complete when it goes away.
final class OpenClip {
    let frames: ClosedRange<Int64>
    private let request: ClipRequest
    private let path: String
    private var writer: VideoWriter?

    init(_ clip: ClipPlan.Clip, request: ClipRequest, path: String) {
        (frames, self.request, self.path) = (clip.frames, request, path)
    }

    func write(_ picture: borrowing Image, index: Int64, rate: Double, maximumWidth: Int) throws(ImagingError) {
        let scale = min(1, Double(maximumWidth) / Double(max(1, picture.width)))
        // Sides in whole macroblocks: x264 reads undefined memory beyond others, and clips would differ by a few bytes.
        let width = Self.macroblocks(Double(picture.width) * scale)
        let height = Self.macroblocks(Double(picture.height) * scale)
        let (scaleX, scaleY) = (
            Double(width) / Double(max(1, picture.width)), Double(height) / Double(max(1, picture.height))
        )
        var frame = try picture.resized(width: width, height: height, interpolation: .area).bgr()
        if let box = request.boxes[index] { try mark(box, scaleX: scaleX, scaleY: scaleY, on: &frame) }
        if writer == nil {
            writer = try VideoWriter(path: path, codec: .h264, framesPerSecond: rate, width: width, height: height)
        }
        try writer?.write(frame)
    }

    private static func macroblocks(_ side: Double) -> Int { max(16, Int((side / 16).rounded()) * 16) }

    private func mark(_ box: Box, scaleX: Double, scaleY: Double, on frame: inout Image) throws(ImagingError) {
        let color = request.grade.markColor
        let gap = 3.0
        let place = Box(
            x: box.x * scaleX - gap, y: box.y * scaleY - gap, width: box.width * scaleX + 2 * gap,
            height: box.height * scaleY + 2 * gap)
        try frame.draw(place, color: .black, thickness: 4)
        try frame.draw(place, color: color, thickness: 2)
        let label = "\(request.className) \(request.grade.rawValue)"
        let y = place.top > 20 ? place.top - 7 : place.bottom + 18
        let x = max(2, min(place.left, Double(frame.width - Image.textSize(label).width - 2)))
        try frame.draw(text: label, x: x, y: y, color: .black, thickness: 4)
        try frame.draw(text: label, x: x, y: y, color: .white, thickness: 1)
    }
}
