public import ShrikeCore

/// The text form of a ``SceneDefinition``: `scene.json`, format 1.
public enum SceneDocument {
    /// Reads a scene; every mistake is found in one go.
    ///
    /// - Returns: the definition, or all problems with their key paths.
    public static func parse(_ document: JSONValue) -> Result<SceneDefinition, SceneProblems> {
        let reader = DocumentReader(document)
        if reader.integer("format", default: 1, in: 1...1) != 1 { reader.report("format", "only format 1 is known") }
        let name = reader.requiredString("name")
        if !isTopicSafe(name) { reader.report("name", "may hold letters, digits, '-', '_' and '.' only") }
        var scene = SceneDefinition(
            name: name, version: reader.string("version", default: "1"),
            kind: reader.choice("kind", default: .detector), classes: reader.sections("classes").map(readClass))
        scene.detector = readDetector(reader.section("detector"))
        scene.thermal = readThermal(reader.section("thermal"))
        scene.heads = HeadDocument.read(reader.section("heads"))
        scene.tiling = readTiling(reader.section("tiling"), kind: scene.kind)
        scene.persistence = readPersistence(reader.section("persistence"))
        scene.gradeRules = reader.sections("grade_rules").map(readRule)
        scene.zones = reader.sections("zones").map(readZone)
        reader.finish()
        checkConsistency(scene, reader)
        return reader.problems.isEmpty ? .success(scene) : .failure(SceneProblems(problems: reader.problems))
    }

    private static func checkConsistency(_ scene: SceneDefinition, _ reader: DocumentReader) {
        let codes = scene.classes.map(\.code)
        if Set(codes).count != codes.count { reader.report("classes", "two classes have the same code") }
        if scene.kind == .detector, scene.detector.network == nil {
            reader.report("detector.network", "is missing: the ONNX file beside scene.json")
        }
        HeadDocument.check(scene, reader)
        if scene.persistence.hits > scene.persistence.window {
            reader.report("persistence.hits", "must not be over persistence.window")
        }
        for (i, rule) in scene.gradeRules.enumerated() {
            for code in rule.classes where !codes.contains(code) {
                reader.report("grade_rules[\(i)].classes", "names '\(code)', which is no class of the scene")
            }
        }
    }

    private static func readClass(_ reader: DocumentReader) -> ClassDefinition {
        let code = reader.requiredString("code")
        if !code.isEmpty, !isClassCode(code) { reader.report("code", "may hold a-z, 0-9, '_' and '-' only") }
        defer { reader.finish() }
        return ClassDefinition(
            code: code, names: reader.stringTable("names"),
            threshold: reader.number("threshold", default: 0.25, in: 0...1),
            grade: reader.choice("grade", default: .general), alerts: reader.bool("alerts", default: true))
    }

    private static func readDetector(_ reader: DocumentReader) -> DetectorSettings {
        defer { reader.finish() }
        let standard = DetectorSettings()
        let network = reader.string("network")
        if let network, network.contains("/") || network.hasPrefix(".") || network.isEmpty {
            reader.report("network", "must be the name of a file beside scene.json, without a path")
        }
        return DetectorSettings(
            network: network, decoder: reader.string("decoder", default: standard.decoder),
            nmsIoU: reader.number("nms_iou", default: standard.nmsIoU, in: 0...1),
            maximumDetections: reader.integer("maximum_detections", default: standard.maximumDetections, in: 1...10_000)
        )
    }

    private static func readThermal(_ reader: DocumentReader) -> ThermalSettings {
        defer { reader.finish() }
        let standard = ThermalSettings()
        let scale = reader.has("scale") ? reader.section("scale") : nil
        _ = reader.value("scale")
        defer { scale?.finish() }
        return ThermalSettings(
            sigma: reader.number("sigma", default: standard.sigma, in: 1...100),
            minimumDeltaKelvin: reader.number("minimum_delta_k", default: standard.minimumDeltaKelvin, in: 0...500),
            minimumContrast: reader.number("minimum_contrast", default: standard.minimumContrast, in: 0...255),
            minimumArea: reader.integer("minimum_area", default: standard.minimumArea, in: 1...1_000_000),
            maximumAreaFraction: reader.number(
                "maximum_area_fraction", default: standard.maximumAreaFraction, in: 0...1),
            ambientCelsius: reader.number("ambient_celsius", in: -80...80),
            scale: scale.map {
                ThermalScale(
                    gain: $0.number("gain", default: 1, in: -1000...1000),
                    offset: $0.number("offset", default: 0, in: -100_000...100_000))
            })
    }

    private static func readTiling(_ reader: DocumentReader, kind: SceneDefinition.Kind) -> Tiling {
        defer { reader.finish() }
        return Tiling(
            mode: reader.choice("mode", default: kind == .detector ? .auto : .off),
            size: reader.integer("size", in: 64...8192), overlap: reader.number("overlap", default: 0.2, in: 0...0.5))
    }

    private static func readPersistence(_ reader: DocumentReader) -> Persistence {
        defer { reader.finish() }
        let standard = Persistence()
        return Persistence(
            hits: reader.integer("hits", default: standard.hits, in: 1...1000),
            window: reader.integer("window", default: standard.window, in: 1...10_000),
            hysteresis: reader.number("hysteresis", default: standard.hysteresis, in: 0...0.9),
            maximumMisses: reader.integer("maximum_misses", default: standard.maximumMisses, in: 1...10_000),
            updateScoreStep: reader.number("update_score_step", default: standard.updateScoreStep, in: 0.01...1),
            duplicateDistance: reader.number("duplicate_distance", default: standard.duplicateDistance, in: 0...1),
            duplicateWindowSeconds: reader.number(
                "duplicate_window_seconds", default: standard.duplicateWindowSeconds, in: 0...86_400))
    }

    private static func readRule(_ reader: DocumentReader) -> GradeRule {
        defer { reader.finish() }
        let grades = reader.section("at_least")
        var thresholds: [String: Double] = [:]
        for grade in Grade.allCases {
            if let value = grades.number(grade.rawValue, in: -1e6...1e6) { thresholds[grade.rawValue] = value }
        }
        grades.finish()
        if thresholds.isEmpty { reader.report("at_least", "must give at least one grade a value") }
        return GradeRule(
            id: reader.requiredString("id"), standard: reader.string("standard", default: ""),
            edition: reader.string("edition", default: ""), clause: reader.string("clause", default: ""),
            source: reader.string("source", default: ""), classes: reader.strings("classes"),
            quantity: reader.choice("quantity", default: .score), atLeast: thresholds,
            requiresDeltaKelvin: reader.number("requires_delta_k", in: 0...1000),
            requiresHotCelsius: reader.number("requires_hot_c", in: -100...2000))
    }

    private static func readZone(_ reader: DocumentReader) -> Zone {
        defer { reader.finish() }
        var vertices: [Point] = []
        for (i, vertex) in (reader.value("polygon")?.arrayValue ?? []).enumerated() {
            guard let pair = vertex.arrayValue, pair.count == 2, let x = pair[0].doubleValue,
                let y = pair[1].doubleValue,
                (0...1).contains(x), (0...1).contains(y)
            else {
                reader.report("polygon[\(i)]", "must be [x, y], fractions of the picture between 0 and 1")
                continue
            }
            vertices.append(Point(x: x, y: y))
        }
        if vertices.count < 3 { reader.report("polygon", "must have at least three vertices") }
        return Zone(
            name: reader.requiredString("name"), role: reader.choice("role", default: .include),
            polygon: Polygon(vertices: vertices), classes: reader.strings("classes"))
    }

    private static func isClassCode(_ text: String) -> Bool {
        text.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 || $0 == 45 }
    }

    private static func isTopicSafe(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                    || [45, 46, 95].contains($0)
            }
    }
}

/// All that is wrong with a scene document.
public struct SceneProblems: Error, Hashable, Sendable {
    public var problems: [DocumentProblem]
}
