public import ShrikeCore

extension HeadSettings {
    /// The text form, `heads` in `scene.json`; reads back as the same settings.
    public var json: JSONValue {
        .object(compacting: [
            "base": base.map { .string($0) }, "file": .string(file),
            "input": input.map {
                .object(["width": .integer(Int64($0.width)), "height": .integer(Int64($0.height))])
            },
            "precision": .string(precision.rawValue), "placement": .string(placement.rawValue),
            "normality": normality.map(Self.json), "classifier": classifier.map(Self.json),
            "boxes": boxes.isEmpty ? nil : .array(boxes.map(Self.json)),
        ])
    }

    private static func json(_ head: Normality) -> JSONValue {
        .object([
            "tap": .string(head.tap), "class": .string(head.className), "center": .number(head.center),
            "spread": .number(head.spread), "prefix": .string(head.prefix),
        ])
    }

    private static func json(_ head: Classifier) -> JSONValue {
        .object(compacting: [
            "taps": list(head.taps), "scope": .string(head.scope.rawValue), "classes": list(head.classes),
            "sharpness": .number(head.sharpness), "prefix": .string(head.prefix),
            "unknown": head.unknown.map {
                .object([
                    "class": .string($0.className), "center": .number($0.center), "spread": .number($0.spread),
                ])
            },
        ])
    }

    private static func json(_ head: Boxes) -> JSONValue {
        .object([
            "taps": list(head.taps), "classes": list(head.classes), "nms_iou": .number(head.nmsIoU),
            "prefix": .string(head.prefix),
        ])
    }

    private static func list(_ texts: [String]) -> JSONValue { .array(texts.map { .string($0) }) }
}
