/// What a scene (L2) looks for and how its findings become alerts: the content of `scene.json`.
///
/// Data only. Decoding refuses unknown keys and values out of range with the key's path; see `ModelBundles`.
public struct SceneDefinition: Hashable, Sendable, Codable {
    public enum Kind: String, Sendable, Codable, CaseIterable {
        /// An imported ONNX network that gives boxes.
        case detector
        /// Statistics on thermal frames, no network.
        case thermal
        /// Heads on the features of a base that scenes share.
        case heads
    }

    public var name: String
    public var version: String
    public var kind: Kind
    public var classes: [ClassDefinition]
    public var detector: DetectorSettings
    public var thermal: ThermalSettings
    public var heads: HeadSettings
    public var tiling: Tiling
    public var persistence: Persistence
    /// Rules that give a grade; the first that applies wins.
    public var gradeRules: [GradeRule]
    public var zones: [Zone]

    public init(
        name: String, version: String, kind: Kind, classes: [ClassDefinition],
        detector: DetectorSettings = DetectorSettings(), thermal: ThermalSettings = ThermalSettings(),
        heads: HeadSettings = HeadSettings(), tiling: Tiling = .off, persistence: Persistence = Persistence(),
        gradeRules: [GradeRule] = [],
        zones: [Zone] = []
    ) {
        (self.name, self.version, self.kind, self.classes) = (name, version, kind, classes)
        (self.detector, self.thermal, self.heads, self.tiling) = (detector, thermal, heads, tiling)
        (self.persistence, self.gradeRules, self.zones) = (persistence, gradeRules, zones)
    }

    /// The class with this code.
    public func classDefinition(_ code: String) -> ClassDefinition? { classes.first { $0.code == code } }
}

public struct ClassDefinition: Hashable, Sendable, Codable {
    /// Stable code used in topics and alerts: lower case letters, digits, `_`, `-`.
    public var code: String
    /// Names by language tag, e.g. `en`, `zh`.
    public var names: [String: String]
    /// Detections below are not even tracked.
    public var threshold: Double
    /// Grade where no rule applies.
    public var grade: Grade
    /// Whether the class raises alerts at all; others are detected, tracked and reported only.
    public var alerts: Bool

    public init(
        code: String, names: [String: String] = [:], threshold: Double = 0.25, grade: Grade = .general,
        alerts: Bool = true
    ) {
        (self.code, self.names, self.threshold, self.grade, self.alerts) = (code, names, threshold, grade, alerts)
    }

    public func name(language: String) -> String { names[language] ?? names["en"] ?? code }

    /// A code made of any name: lower case, everything but ASCII letters, digits and `-` becomes `_`.
    public static func code(from name: String) -> String {
        let scalars = name.lowercased().unicodeScalars.map {
            ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-" ? $0 : "_"
        }
        return scalars.isEmpty ? "_" : String(String.UnicodeScalarView(scalars))
    }
}

/// How an imported network is fed and read.
public struct DetectorSettings: Hashable, Sendable, Codable {
    /// File beside `scene.json`.
    public var network: String?
    /// Output layout: `auto`, `yolov5`, `yolov8`, `yolox`, `fastestdet`, `ssd`, `rtdetr`.
    public var decoder: String
    /// Overlap above which the weaker of two boxes of one class is removed.
    public var nmsIoU: Double
    public var maximumDetections: Int

    public init(network: String? = nil, decoder: String = "auto", nmsIoU: Double = 0.45, maximumDetections: Int = 300) {
        (self.network, self.decoder, self.nmsIoU) = (network, decoder, nmsIoU)
        self.maximumDetections = maximumDetections
    }
}

/// Parameters of the thermal kernel; see `Detection`'s thermal page for the method.
public struct ThermalSettings: Hashable, Sendable, Codable {
    /// Contrast, in robust standard deviations of like neighbours, above which a pixel is hot.
    public var sigma: Double
    /// Least rise over like neighbours in kelvin where the scale is known.
    public var minimumDeltaKelvin: Double
    /// Least rise in 8-bit steps where it is not.
    public var minimumContrast: Double
    /// Smallest region in pixels.
    public var minimumArea: Int
    /// Largest region as a fraction of the picture.
    public var maximumAreaFraction: Double
    /// Ambient temperature for relative measures, °C; nil where unknown.
    public var ambientCelsius: Double?
    /// Scale of the footage where it does not carry one.
    public var scale: ThermalScale?

    public init(
        sigma: Double = 6, minimumDeltaKelvin: Double = 4, minimumContrast: Double = 12, minimumArea: Int = 12,
        maximumAreaFraction: Double = 0.2, ambientCelsius: Double? = nil, scale: ThermalScale? = nil
    ) {
        (self.sigma, self.minimumDeltaKelvin, self.minimumContrast) = (sigma, minimumDeltaKelvin, minimumContrast)
        (self.minimumArea, self.maximumAreaFraction) = (minimumArea, maximumAreaFraction)
        (self.ambientCelsius, self.scale) = (ambientCelsius, scale)
    }
}

/// Whether large pictures are cut into overlapping tiles.
public struct Tiling: Hashable, Sendable, Codable {
    public enum Mode: String, Sendable, Codable, CaseIterable {
        case off
        /// Tiles for stills that are more than twice the network's input; video is looked at whole.
        case auto
        case always
    }

    public var mode: Mode
    /// Tile side in pixels of the source picture; nil takes the network's input size.
    public var size: Int?
    /// Fraction of a tile shared with its neighbour, 0 to 0.5.
    public var overlap: Double

    public init(mode: Mode = .auto, size: Int? = nil, overlap: Double = 0.2) {
        (self.mode, self.size, self.overlap) = (mode, size, overlap)
    }

    public static let off = Tiling(mode: .off)
}

/// When a track becomes an alert and when the alert ends.
public struct Persistence: Hashable, Sendable, Codable {
    /// Detections needed...
    public var hits: Int
    /// ...within this many frames. Stills count as one frame each, `hits` is then 1.
    public var window: Int
    /// A class's threshold is lowered by this fraction once the alert is open (hysteresis).
    public var hysteresis: Double
    /// Frames without a detection after which a track ends.
    public var maximumMisses: Int
    /// An `update` is sent when the grade rises, or the score rises by this much.
    public var updateScoreStep: Double
    /// A new track of the same class this close (in picture diagonals, after camera motion) to one that ended within
    /// `duplicateWindowSeconds` is the same defect.
    public var duplicateDistance: Double
    public var duplicateWindowSeconds: Double

    public init(
        hits: Int = 3, window: Int = 5, hysteresis: Double = 0.2, maximumMisses: Int = 15,
        updateScoreStep: Double = 0.1, duplicateDistance: Double = 0.03, duplicateWindowSeconds: Double = 10
    ) {
        (self.hits, self.window, self.hysteresis) = (hits, window, hysteresis)
        (self.maximumMisses, self.updateScoreStep) = (maximumMisses, updateScoreStep)
        (self.duplicateDistance, self.duplicateWindowSeconds) = (duplicateDistance, duplicateWindowSeconds)
    }
}

/// A grade as data: thresholds on one quantity, from a named standard. Editions move, so no threshold lives in code.
public struct GradeRule: Hashable, Sendable, Codable {
    /// What is measured.
    public enum Quantity: String, Sendable, Codable, CaseIterable {
        case score
        /// T1 in °C.
        case hotCelsius
        /// T1 - T2 in K.
        case deltaKelvin
        /// DL/T 664 relative difference in percent.
        case relativePercent
        /// Robust contrast, always known for thermal findings.
        case contrastSigma
        /// Box area as a fraction of the picture.
        case areaFraction
    }

    public var id: String
    public var standard: String
    public var edition: String
    public var clause: String
    /// Where the thresholds were read.
    public var source: String
    /// Classes the rule is for; empty for all.
    public var classes: [String]
    public var quantity: Quantity
    /// Value from which each grade holds; the highest grade reached is given. A value below all gives no grade.
    public var atLeast: [String: Double]
    /// The rule applies only where the rise is at least this many kelvin (DL/T 664: no relative grade below 10 K).
    public var requiresDeltaKelvin: Double?
    /// The rule applies only where the hot point is at least this warm, °C (DL/T 664: critical by δ only above 90 °C).
    public var requiresHotCelsius: Double?

    public init(
        id: String, standard: String, edition: String, clause: String, source: String, classes: [String] = [],
        quantity: Quantity, atLeast: [String: Double], requiresDeltaKelvin: Double? = nil,
        requiresHotCelsius: Double? = nil
    ) {
        (self.id, self.standard, self.edition, self.clause) = (id, standard, edition, clause)
        (self.source, self.classes, self.quantity, self.atLeast) = (source, classes, quantity, atLeast)
        (self.requiresDeltaKelvin, self.requiresHotCelsius) = (requiresDeltaKelvin, requiresHotCelsius)
    }
}

/// A part of the picture that matters, or that does not.
public struct Zone: Hashable, Sendable, Codable {
    public enum Role: String, Sendable, Codable, CaseIterable {
        /// Only findings inside some `include` zone raise alerts, where any exists.
        case include
        /// Findings here never raise alerts.
        case exclude
    }

    public var name: String
    public var role: Role
    public var polygon: Polygon
    /// Classes concerned; empty for all.
    public var classes: [String]

    public init(name: String, role: Role, polygon: Polygon, classes: [String] = []) {
        (self.name, self.role, self.polygon, self.classes) = (name, role, polygon, classes)
    }
}
