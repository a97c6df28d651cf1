import ShrikeCore

extension FootageTruth {
    /// Less of a defect than this is no fair label.
    private static let leastVisible = 0.4

    /// Frames that show a defect well, evenly over the footage; frames that show none follow where those are too few.
    ///
    /// - Returns: at most so many, in order.
    public func framesToLabel(_ count: Int) -> [Int] {
        let showing = Set(observations.filter { $0.visible >= 0.9 }.map(\.frame)).sorted()
        let chosen = Self.evenly(showing, min(count, showing.count))
        let rest = (0..<frameCount).filter { !showing.contains($0) }
        return (chosen + Self.evenly(rest, min(count - chosen.count, rest.count))).sorted()
    }

    private static func evenly(_ values: [Int], _ count: Int) -> [Int] {
        (0..<count).map { values[($0 * 2 + 1) * values.count / (2 * count)] }
    }

    static func pictureName(_ frame: Int) -> String {
        let digits = String(frame + 1)
        return String(repeating: "0", count: max(0, 6 - digits.count)) + digits + ".png"
    }

    /// COCO labels of single pictures of the footage.
    func labels(ofFrames frames: [Int]) -> JSONValue {
        let categories = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, Int64($0 + 1)) })
        let kinds = Dictionary(uniqueKeysWithValues: defects.map { ($0.id, $0.className) })
        let shown = observations.filter { frames.contains($0.frame) && $0.visible >= Self.leastVisible }
        return .object([
            "images": .array(
                frames.map {
                    .object([
                        "id": .integer(Int64($0 + 1)), "file_name": .string(Self.pictureName($0)),
                        "width": .integer(Int64(width)), "height": .integer(Int64(height)),
                    ])
                }),
            "categories": .array(
                classes.enumerated().map { .object(["id": .integer(Int64($0 + 1)), "name": .string($1)]) }),
            "annotations": .array(
                shown.enumerated().map { number, seen in
                    .object([
                        "id": .integer(Int64(number + 1)), "image_id": .integer(Int64(seen.frame + 1)),
                        "category_id": .integer(kinds[seen.defectID].flatMap { categories[$0] } ?? 0),
                        "bbox": .array(
                            [seen.box.x, seen.box.y, seen.box.width, seen.box.height].map { .number($0, decimals: 2) }),
                        "area": .number(seen.box.area, decimals: 1), "iscrowd": .integer(0),
                    ])
                }),
        ])
    }
}
