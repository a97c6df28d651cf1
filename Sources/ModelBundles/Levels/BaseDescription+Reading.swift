import Integrity
public import ShrikeCore

extension BaseDescription {
    /// Reads and checks the description of a base bundle: every form of the weights it names is there with that digest.
    public init(of bundle: ModelBundle) throws(BundleError) {
        let place = "\(bundle.source.place) \(bundle.manifest.reference) \(Self.file)"
        guard bundle.manifest.level == .l0 else {
            throw BundleError(
                "is no base but \(bundle.manifest.level.rawValue)", at: place, remedy: "name a base bundle")
        }
        try self.init(bundle.document(Self.file), at: place)
        for (precision, form) in weights {
            guard let layer = bundle.manifest.layer(form.file), layer.digest == form.digest else {
                let found = bundle.manifest.layer(form.file).map { "has digest \($0.digest)" } ?? "is missing"
                throw BundleError(
                    "weights \(precision.rawValue) \(form.file) should be \(form.digest) but \(found)", at: place,
                    remedy: "make the base again")
            }
        }
    }

    /// Reads a description; every mistake is told at once.
    public init(_ document: JSONValue, at place: String) throws(BundleError) {
        let reader = DocumentReader(document)
        if reader.integer("format", default: 0, in: 0...1_000_000) != 1 {
            reader.report("format", "only format 1 is known")
        }
        let architecture = reader.string("architecture", default: "")
        let input = Self.readInput(reader.section("input"))
        let taps = reader.sections("taps").map { tap in
            defer { tap.finish() }
            return Tap(
                name: tap.requiredString("name"), stride: tap.integer("stride", default: 1, in: 1...1024),
                channels: tap.integer("channels", default: 1, in: 1...65_536))
        }
        if taps.isEmpty { reader.report("taps", "must name at least one output") }
        if Set(taps.map(\.name)).count != taps.count { reader.report("taps", "two taps have the same name") }
        let weights = Self.readWeights(reader.section("weights"))
        if weights.isEmpty { reader.report("weights", "must name at least one form") }
        var cosine: [String: Double] = [:]
        for (name, value) in reader.value("int8_cosine")?.objectValue ?? [:] { cosine[name] = value.doubleValue }
        let (source, license) = (reader.string("source", default: ""), reader.string("license", default: ""))
        reader.finish()
        guard reader.problems.isEmpty else {
            throw BundleError(
                reader.problems.map(\.description).joined(separator: "; "), at: place, remedy: "make the base again")
        }
        self.init(
            architecture: architecture, input: input, taps: taps, weights: weights, source: source, license: license,
            int8Cosine: cosine)
    }

    private static func readInput(_ reader: DocumentReader) -> Input {
        defer { reader.finish() }
        for key in ["width", "height"] where !reader.has(key) { reader.report(key, "is missing") }
        return Input(
            name: reader.requiredString("name"), width: reader.integer("width", default: 0, in: 8...16_384),
            height: reader.integer("height", default: 0, in: 8...16_384),
            isFixed: reader.bool("fixed", default: true), channels: reader.choice("channels", default: .rgb),
            mean: numbers("mean", reader) { $0.isFinite }, scale: numbers("scale", reader) { $0.isFinite && $0 != 0 })
    }

    private static func numbers(_ key: String, _ reader: DocumentReader, _ isGood: (Double) -> Bool) -> [Double] {
        let values = reader.value(key)?.arrayValue?.compactMap(\.doubleValue) ?? []
        if values.count != 3 || !values.allSatisfy(isGood) {
            reader.report(key, "must be three numbers, one a channel")
        }
        return values
    }

    private static func readWeights(_ reader: DocumentReader) -> [Precision: Weights] {
        defer { reader.finish() }
        var weights: [Precision: Weights] = [:]
        for precision in Precision.allCases where reader.has(precision.rawValue) {
            let form = reader.section(precision.rawValue)
            let file = form.requiredString("file")
            if let digest = SHA256Digest(form.requiredString("digest")) {
                weights[precision] = Weights(file: file, digest: digest)
            } else {
                form.report("digest", "must be sha256: and 64 hex digits")
            }
            form.finish()
        }
        return weights
    }
}
