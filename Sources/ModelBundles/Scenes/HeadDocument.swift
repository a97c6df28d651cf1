import ShrikeCore

/// The text form of ``HeadSettings``: `heads` in `scene.json`.
enum HeadDocument {
    static func read(_ reader: DocumentReader) -> HeadSettings {
        defer { reader.finish() }
        let standard = HeadSettings()
        let file = reader.string("file", default: standard.file)
        if file.contains("/") || file.hasPrefix(".") || file.isEmpty {
            reader.report("file", "must be the name of a file beside scene.json, without a path")
        }
        let input = reader.has("input") ? reader.section("input") : nil
        _ = reader.value("input")
        defer { input?.finish() }
        return HeadSettings(
            base: reader.string("base"), file: file,
            input: input.map {
                HeadSettings.Input(
                    width: $0.integer("width", default: 224, in: 32...4096),
                    height: $0.integer("height", default: 224, in: 32...4096))
            }, precision: reader.choice("precision", default: .fp32),
            placement: reader.choice("placement", default: .stretch),
            normality: reader.has("normality") ? normality(reader.section("normality")) : absent("normality", reader),
            classifier: reader.has("classifier")
                ? classifier(reader.section("classifier")) : absent("classifier", reader),
            boxes: reader.sections("boxes").map(boxes))
    }

    /// Mistakes that only the whole scene shows.
    static func check(_ scene: SceneDefinition, _ reader: DocumentReader) {
        let codes = Set(scene.classes.map(\.code))
        let heads = scene.heads
        if scene.kind != .heads {
            if heads != HeadSettings() { reader.report("heads", "are for scenes of kind heads") }
            return
        }
        func known(_ code: String, _ path: String) {
            if !codes.contains(code) { reader.report(path, "names '\(code)', which is no class of the scene") }
        }
        if let head = heads.normality { known(head.className, "heads.normality.class") }
        for (i, code) in (heads.classifier?.classes ?? []).enumerated() where code != HeadSettings.Classifier.normal {
            known(code, "heads.classifier.classes[\(i)]")
        }
        if let unknown = heads.classifier?.unknown { known(unknown.className, "heads.classifier.unknown.class") }
        if heads.classifier?.scope == .regions, heads.normality == nil {
            reader.report("heads.classifier.scope", "regions come from heads.normality, which is missing")
        }
        for (i, head) in heads.boxes.enumerated() {
            for (j, code) in head.classes.enumerated() { known(code, "heads.boxes[\(i)].classes[\(j)]") }
        }
        let prefixes =
            [heads.normality?.prefix, heads.classifier?.prefix].compactMap(\.self) + heads.boxes.map(\.prefix)
        if prefixes.isEmpty { reader.report("heads", "must hold normality, classifier or boxes") }
        if Set(prefixes).count != prefixes.count { reader.report("heads", "two heads have the same prefix") }
    }

    private static func absent<T>(_ key: String, _ reader: DocumentReader) -> T? {
        _ = reader.value(key)
        return nil
    }

    private static func normality(_ reader: DocumentReader) -> HeadSettings.Normality {
        defer { reader.finish() }
        return HeadSettings.Normality(
            tap: reader.requiredString("tap"), className: reader.requiredString("class"),
            center: required("center", in: 0...1e9, reader), spread: required("spread", in: 1e-9...1e9, reader),
            prefix: prefix("normality", reader))
    }

    private static func classifier(_ reader: DocumentReader) -> HeadSettings.Classifier {
        defer { reader.finish() }
        let classes = list("classes", reader)
        if Set(classes).count != classes.count { reader.report("classes", "names a class twice") }
        return HeadSettings.Classifier(
            taps: list("taps", reader), scope: reader.choice("scope", default: .picture), classes: classes,
            sharpness: reader.number("sharpness", default: 1, in: 1e-6...1e6), prefix: prefix("classifier", reader),
            unknown: reader.has("unknown") ? unknown(reader.section("unknown")) : absent("unknown", reader))
    }

    private static func unknown(_ reader: DocumentReader) -> HeadSettings.Classifier.Unknown {
        defer { reader.finish() }
        return HeadSettings.Classifier.Unknown(
            className: reader.requiredString("class"), center: required("center", in: 0...1e9, reader),
            spread: required("spread", in: 1e-9...1e9, reader))
    }

    private static func boxes(_ reader: DocumentReader) -> HeadSettings.Boxes {
        defer { reader.finish() }
        let taps = list("taps", reader)
        if taps.count > 3 { reader.report("taps", "may name three levels at most") }
        return HeadSettings.Boxes(
            taps: taps, classes: list("classes", reader), nmsIoU: reader.number("nms_iou", default: 0.6, in: 0...1),
            prefix: prefix("boxes", reader))
    }

    private static func list(_ key: String, _ reader: DocumentReader) -> [String] {
        let values = reader.strings(key)
        if values.isEmpty { reader.report(key, "must name at least one") }
        return values
    }

    private static func prefix(_ standard: String, _ reader: DocumentReader) -> String {
        let text = reader.string("prefix", default: standard)
        if text.isEmpty { reader.report("prefix", "must not be empty") }
        return text
    }

    private static func required(_ key: String, in range: ClosedRange<Double>, _ reader: DocumentReader) -> Double {
        if !reader.has(key) { reader.report(key, "is missing") }
        return reader.number(key, default: range.lowerBound, in: range)
    }
}
