public import ShrikeCore

/// `detections.json` in the form of COCO results: a list of `{image_id, category_id, bbox, score}`, one a line.
///
/// What image and category numbers stand for is in `summary.json` (`categories`; `sources` with `first_image_id`).
/// Boxes are `[x, y, width, height]` in pixels of the source picture. For long runs write ``opening``, the pieces that
/// ``append(_:imageID:)`` returns, and ``closing``.
public struct DetectionsDocument: Sendable {
    private let categories: CategoryIndex
    private var isFirst = true
    /// Detections written so far by class code.
    public private(set) var countByClass: [String: Int] = [:]

    public init(categories: CategoryIndex) { self.categories = categories }

    public static let opening = "["
    public static let closing = "\n]\n"

    /// The text for one frame's detections; those of classes that no scene declares are left out.
    public mutating func append(_ detections: [Detection], imageID: Int64) -> String {
        var text = ""
        for detection in detections {
            guard let category = categories.id(scene: detection.scene, className: detection.className) else { continue }
            countByClass[detection.className, default: 0] += 1
            let box = detection.box
            let value = JSONValue.object([
                "image_id": .integer(imageID), "category_id": .integer(category),
                "bbox": .array([box.x, box.y, box.width, box.height].map { .number($0, decimals: 2) }),
                "score": .number(detection.score, decimals: 5),
            ])
            text += (isFirst ? "\n" : ",\n") + value.canonicalText
            isFirst = false
        }
        return text
    }
}
