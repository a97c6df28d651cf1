import Foundation
import Imaging
import ShrikeCore

/// The consecutive runs of the HIT-UAV data set as ``LabeledRun``s: labels as detections, identities from
/// ``HitUAVIdentities``, camera motion measured in the pictures.
enum HitUAV {
    /// Beside the package; development data that the project does not need.
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "shared/data/hit_uav")

    static var isAvailable: Bool { FileManager.default.fileExists(atPath: folder.appending(path: "labels").path) }

    static func run(_ prefix: String) throws -> LabeledRun {
        var frames: [LabeledRun.Frame] = []
        var previous: PixelBuffer?
        for line in (HitUAVIdentities.byRun[prefix] ?? "").split(separator: "\n") {
            let numbers = line.split(separator: " ").compactMap { Int($0) }
            let number = String(numbers[0])
            let name = prefix + "_" + String(repeating: "0", count: 5 - number.count) + number
            let jpeg = try Data(contentsOf: folder.appending(path: "images/\(name).jpg"))
            let picture = try jpeg.withUnsafeBytes { try Image.decode($0, as: .unchanged).frozen() }
            let motion = try previous.flatMap { try CameraMotionEstimator().motion(from: $0, to: picture) }
            previous = picture
            let labels = try detections(in: folder.appending(path: "labels/\(name).xml"))
            let ids = numbers.dropFirst()
            guard labels.count == ids.count else { throw Mismatch(picture: name) }
            let kept = zip(labels, ids).filter { $0.0.className != "dontcare" }
            frames.append(.init(detections: kept.map(\.0), ids: kept.map(\.1), motion: motion))
        }
        return LabeledRun(name: prefix, frames: frames)
    }

    struct Mismatch: Error { var picture: String }

    /// Boxes of a Pascal VOC file, in file order.
    private static func detections(in file: URL) throws -> [Detection] {
        let text = try String(contentsOf: file, encoding: .utf8)
        return text.components(separatedBy: "<object>").dropFirst().compactMap { object in
            let corners = ["xmin", "ymin", "xmax", "ymax"].compactMap { value(of: $0, in: object).flatMap(Double.init) }
            guard corners.count == 4, let name = value(of: "name", in: object) else { return nil }
            return Detection(
                scene: "run", className: name.lowercased(), score: 0.9,
                box: Box(left: corners[0], top: corners[1], right: corners[2], bottom: corners[3]))
        }
    }

    private static func value(of tag: String, in text: String) -> String? {
        guard let start = text.range(of: "<\(tag)>"), let end = text.range(of: "</\(tag)>") else { return nil }
        return String(text[start.upperBound..<end.lowerBound])
    }
}
