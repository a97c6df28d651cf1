internal import Inference
internal import Kernels
public import ShrikeCore

/// What a base gave, where it was made, for a picture that is made by formula: shows whether this machine's engine and
/// processor give the same.
public struct GoldenFeatures: Hashable, Sendable {
    /// Name of the document inside a base bundle.
    public static let file = "golden-features.json"

    public struct Tap: Hashable, Sendable {
        public var name: String
        /// Largest absolute value of the map.
        public var largest: Double
        /// Values at positions spread over the map, see ``position(_:of:)``.
        public var values: [Double]
    }

    /// By form of the weights, e.g. `fp32`.
    public var forms: [String: [Tap]]

    public init(forms: [String: [Tap]] = [:]) { self.forms = forms }

    private static let samples = 64

    /// Largest difference, as a part of a map's largest value, that arithmetic explains: order of sums in 32-bit floats; in 8
    /// bits a level more or less here and there.
    public static func tolerance(of form: String) -> Double { form == "fp32" ? 1e-3 : 0.1 }

    /// Position of a sample in a map of `count` values, the same everywhere.
    static func position(_ sample: Int, of count: Int) -> Int { sample * 7919 % max(1, count) }

    /// The picture: soft gradients, edges and fine texture in all three channels.
    public static func picture(width: Int, height: Int) -> PixelBuffer {
        var bytes = [UInt8](repeating: 0, count: 3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                let edge = (x / 16 + y / 24) % 3 == 0 ? 60 : 0
                let texture = (x * x + 3 * x * y + 5 * y * y) % 31
                for c in 0..<3 {
                    let gradient = (c == 0 ? x : c == 1 ? y : x + y) * 150 / (width + height)
                    bytes[3 * (y * width + x) + c] = UInt8(min(255, gradient + edge + texture * (c + 1) / 2))
                }
            }
        }
        return PixelBuffer(copying: bytes, width: width, height: height, format: .bgr8)
    }

    /// Runs the base on the picture.
    public static func record(_ backbone: Backbone) throws -> [Tap] {
        let picture = picture(width: backbone.input.width, height: backbone.input.height)
        var taps: [Tap] = []
        try FeatureExtractor(backbone).withFeatures(of: picture) { features in
            for (index, tap) in features.taps.enumerated() {
                let values = features.map(index).values
                let largest = values.reduce(Float(0)) { max($0, abs($1)) }
                taps.append(
                    Tap(
                        name: tap.name, largest: Double(largest),
                        values: (0..<Self.samples).map { Double(values[position($0, of: values.count)]) }))
            }
        }
        return taps
    }

    /// The largest difference of a value from the recorded one, as a part of its map's largest value.
    ///
    /// - Returns: infinity where a value is not finite; nil where the form was not recorded or a tap is missing.
    public func worstDifference(_ backbone: Backbone, form: String) throws -> Double? {
        guard let recorded = forms[form] else { return nil }
        let found = try Self.record(backbone)
        var worst = 0.0
        for tap in found {
            guard let golden = recorded.first(where: { $0.name == tap.name }), golden.values.count == tap.values.count
            else { return nil }
            for (a, b) in zip(tap.values, golden.values) {
                guard a.isFinite else { return .infinity }
                worst = max(worst, abs(a - b) / max(golden.largest, 1e-12))
            }
        }
        return worst
    }

    public var json: JSONValue {
        .object([
            "format": .integer(1),
            "forms": .object(
                forms.mapValues { taps in
                    .array(
                        taps.map { tap in
                            .object([
                                "tap": .string(tap.name), "largest": .number(tap.largest, decimals: 6),
                                "values": .array(tap.values.map { .number($0, decimals: 6) }),
                            ])
                        })
                }),
        ])
    }

    /// - Returns: nil where the document is of another form.
    public init?(_ document: JSONValue) {
        guard let object = document.objectValue, object["format"]?.integerValue == 1,
            let forms = object["forms"]?.objectValue
        else { return nil }
        self.forms = [:]
        for (form, value) in forms {
            var taps: [Tap] = []
            for entry in value.arrayValue ?? [] {
                guard let tap = entry.objectValue, let name = tap["tap"]?.stringValue,
                    let largest = tap["largest"]?.doubleValue, let values = tap["values"]?.arrayValue,
                    values.count <= 4096
                else { return nil }
                taps.append(Tap(name: name, largest: largest, values: values.compactMap(\.doubleValue)))
            }
            self.forms[form] = taps
        }
    }
}
