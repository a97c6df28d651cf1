/// Heads of a scene on the features of a shared base: what each looks at, and which class it reports.
///
/// Numbers that are learned (means, factors, weights) are tensors of a file; see `Detection`'s page on layers for their
/// names and shapes.
public struct HeadSettings: Hashable, Sendable, Codable {
    /// Arithmetic of the base. Thresholds belong to the one they were calibrated in, so it is never chosen silently.
    public enum Precision: String, Sendable, Codable, CaseIterable {
        case fp32
        /// The base's 8-bit form.
        case int8
        /// The base's 32-bit form computed in bfloat16, where engine and processor have it.
        case bf16
    }

    /// How a picture or tile is fitted into the base's input.
    public enum Placement: String, Sendable, Codable, CaseIterable {
        /// Aspect given up.
        case stretch
        /// Aspect kept, in the middle of grey.
        case center
    }

    /// The base of a scene that is not in a bundle yet: name and version in the store, e.g. `efficientnet-lite0:1`.
    public var base: String?
    /// File of the tensors beside `scene.json`.
    public var file: String
    /// Size of the picture that the base sees; nil takes the base's own.
    public var input: Input?
    public var precision: Precision
    public var placement: Placement
    public var normality: Normality?
    public var classifier: Classifier?
    /// One for each set of classes that was taught together; a new one leaves the others as they are.
    public var boxes: [Boxes]

    public init(
        base: String? = nil, file: String = "heads.safetensors", input: Input? = nil, precision: Precision = .fp32,
        placement: Placement = .stretch, normality: Normality? = nil, classifier: Classifier? = nil, boxes: [Boxes] = []
    ) {
        (self.base, self.file, self.input) = (base, file, input)
        (self.precision, self.placement) = (precision, placement)
        (self.normality, self.classifier, self.boxes) = (normality, classifier, boxes)
    }

    /// Names of the base's outputs that the heads look at, each once.
    public var taps: [String] {
        var names: [String] = []
        let all = [normality?.tap].compactMap(\.self) + (classifier?.taps ?? []) + boxes.flatMap(\.taps)
        for name in all where !names.contains(name) { names.append(name) }
        return names
    }

    public struct Input: Hashable, Sendable, Codable {
        public var width: Int
        public var height: Int

        public init(width: Int, height: Int) { (self.width, self.height) = (width, height) }
    }

    /// How far each cell is from what is normal there; connected cells become one finding.
    public struct Normality: Hashable, Sendable, Codable {
        public var tap: String
        /// Class that findings get, where no classifier names them.
        public var className: String
        /// Distance that gives a score of one half.
        public var center: Double
        /// Distance that raises the score from one half to 0.73 (one unit of the logistic function).
        public var spread: Double
        /// Begin of the names of its tensors.
        public var prefix: String

        public init(tap: String, className: String, center: Double, spread: Double, prefix: String = "normality") {
            (self.tap, self.className, self.center) = (tap, className, center)
            (self.spread, self.prefix) = (spread, prefix)
        }
    }

    /// A linear classifier on mean and standard deviation of each tap's channels.
    public struct Classifier: Hashable, Sendable, Codable {
        public enum Scope: String, Sendable, Codable, CaseIterable {
            /// The whole picture, or each tile; a finding is as large.
            case picture
            /// Names what the normality head found.
            case regions
        }

        public var taps: [String]
        public var scope: Scope
        /// Class codes in the order of its outputs; ``normal`` for what is no finding.
        public var classes: [String]
        /// Factor of the outputs before they become probabilities.
        public var sharpness: Double
        public var prefix: String
        /// How pictures that are like no class are told; nil answers every picture with a class.
        public var unknown: Unknown?

        /// What lies too far from every class.
        public struct Unknown: Hashable, Sendable, Codable {
            /// Class that is reported.
            public var className: String
            /// Distance to the nearest class, in deviations within classes, that gives a score of one half.
            public var center: Double
            /// Distance that raises the score from one half to 0.73.
            public var spread: Double

            public init(className: String, center: Double, spread: Double) {
                (self.className, self.center, self.spread) = (className, center, spread)
            }
        }

        /// Output that stands for no finding.
        public static let normal = "normal"

        public init(
            taps: [String], scope: Scope = .picture, classes: [String], sharpness: Double = 1,
            prefix: String = "classifier", unknown: Unknown? = nil
        ) {
            (self.taps, self.scope, self.classes) = (taps, scope, classes)
            (self.sharpness, self.prefix, self.unknown) = (sharpness, prefix, unknown)
        }
    }

    /// Boxes by a small convolutional head that looks at every cell of one to three levels.
    public struct Boxes: Hashable, Sendable, Codable {
        /// Finest level first.
        public var taps: [String]
        /// Class codes in the order of its outputs.
        public var classes: [String]
        /// Overlap above which the weaker of two boxes of one class is removed.
        public var nmsIoU: Double
        public var prefix: String

        public init(taps: [String], classes: [String], nmsIoU: Double = 0.6, prefix: String = "boxes") {
            (self.taps, self.classes, self.nmsIoU, self.prefix) = (taps, classes, nmsIoU, prefix)
        }
    }
}
