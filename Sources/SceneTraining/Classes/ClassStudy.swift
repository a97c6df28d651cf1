internal import Integrity
public import ModelBundles
internal import ShrikeCore

/// What a scene knows of the kinds of whole pictures: sums, and the classifier solved from them.
public struct ClassStudy: Hashable, Sendable {
    /// Begin of the names of its tensors, in `heads.safetensors` and in `statistics.safetensors`.
    public static let prefix = "classifier"

    public private(set) var sums: ClassSums

    /// - Parameter samples: vectors of the first pictures, which fix the scale; at least one.
    public init(first samples: [[Float]]) {
        sums = ClassSums(scaler: FeatureScaler(samples: samples.flatMap(\.self), count: samples.first?.count ?? 0))
    }

    public init(sums: ClassSums) { self.sums = sums }

    /// Adds pictures, each with its vector.
    ///
    /// - Throws: ``TeachingError``; nothing of this call has counted then.
    public mutating func learn(_ pictures: [TaughtPicture], _ vectors: [[Float]]) throws(TeachingError) {
        var next = sums
        for (name, rows) in Self.rows(pictures, vectors) { try next.add(rows, of: name) }
        sums = next
    }

    /// Takes pictures back, each with its vector.
    ///
    /// - Throws: ``TeachingError``; nothing of this call has counted then.
    public mutating func forget(_ pictures: [TaughtPicture], _ vectors: [[Float]]) throws(TeachingError) {
        var next = sums
        for (name, rows) in Self.rows(pictures, vectors) { try next.remove(rows, of: name) }
        sums = next
    }

    private static func rows(_ pictures: [TaughtPicture], _ vectors: [[Float]]) -> [(String, [Float])] {
        var rows: [String: [Float]] = [:]
        for (picture, vector) in zip(pictures, vectors) { rows[name(of: picture), default: []] += vector }
        return rows.sorted { $0.key < $1.key }
    }

    /// Output that stands for a picture's label.
    private static func name(of picture: TaughtPicture) -> String {
        if case .kind(let name) = picture.label { return name }
        return HeadSettings.Classifier.normal
    }

    /// Class codes that are reported, sorted.
    public var reported: [String] { sums.classes.keys.filter { $0 != HeadSettings.Classifier.normal }.sorted() }

    /// Tensors of the serving head.
    ///
    /// - Throws: ``TeachingError`` where it cannot be solved.
    public func head() throws(TeachingError) -> (classes: [String], tensors: [String: Tensor]) {
        let solved = try LinearDiscriminant(sums)
        // The head divides by the root of the count, which keeps its numbers small; here it is taken back.
        let norm = Double(sums.dimensions).squareRoot()
        var tensors = sums.scaler.tensors(Self.prefix)
        tensors["\(Self.prefix).weight"] = Tensor(
            solved.weights.map { Float($0 * norm) }, shape: [solved.classes.count, sums.dimensions])
        tensors["\(Self.prefix).bias"] = Tensor(solved.bias.map { Float($0) }, shape: [solved.classes.count])
        tensors.merge(ClassDistance(sums).tensors(Self.prefix)) { mine, _ in mine }
        return (solved.classes, tensors)
    }

    /// Parts that pictures fall into by digest, each answered by a classifier that has not seen it.
    public static let folds = 4

    /// Scores of pictures by classifiers that have not seen them: in turn a part of the pictures is forgotten, exactly, and
    /// answered by what is left.
    ///
    /// - Parameter known: whether a picture is in the sums, and so has to be forgotten first.
    /// - Returns: by picture, scores in the order of `classes`; nil for pictures whose fold leaves fewer than two classes. And
    ///   distances of the others to the nearest class.
    public func heldBackScores(
        _ pictures: [TaughtPicture], _ vectors: [[Float]], known: (TaughtPicture) -> Bool
    ) throws(TeachingError) -> (classes: [String], scores: [[Double]?], distances: [Double]) {
        let classes = sums.classes.keys.sorted()
        var scores = [[Double]?](repeating: nil, count: pictures.count)
        var distances: [Double] = []
        for fold in 0..<Self.folds {
            let part = pictures.indices.filter { Self.fold(of: pictures[$0]) == fold }
            guard !part.isEmpty else { continue }
            var rest = self
            let seen = part.filter { known(pictures[$0]) }
            try rest.forget(seen.map { pictures[$0] }, seen.map { vectors[$0] })
            guard rest.sums.classes.count >= 2 else { continue }
            let solved = try LinearDiscriminant(rest.sums)
            let nearest = ClassDistance(rest.sums)
            for position in part {
                let sample = try sums.scaler.scaled(vectors[position], at: pictures[position].name)
                let found = solved.scores(sample)
                distances.append(nearest.distance(sample))
                scores[position] = classes.map { name in
                    // A class whose pictures all lie in this fold cannot be answered.
                    solved.classes.firstIndex(of: name).map { found[$0] } ?? -Double.greatestFiniteMagnitude
                }
            }
        }
        return (classes, scores, distances)
    }

    /// From the digest, so that a picture falls into one part wherever it is looked at.
    private static func fold(of picture: TaughtPicture) -> Int {
        (picture.digest.hex.first?.hexDigitValue ?? 0) % folds
    }

    /// What classifiers that have not seen the pictures make of them.
    ///
    /// - Parameter threshold: least probability that is reported.
    public static func outcomes(
        _ pictures: [TaughtPicture], classes: [String], scores: [[Double]?], calibration: ClassCalibration
    ) -> [PictureOutcome] {
        zip(pictures, scores).map { picture, scores in
            var found: String?
            if let scores {
                let probabilities = calibration.probabilities(scores)
                let best = probabilities.indices.max { (probabilities[$0], $1) < (probabilities[$1], $0) } ?? 0
                if probabilities[best] >= calibration.threshold, classes[best] != HeadSettings.Classifier.normal {
                    found = classes[best]
                }
            }
            return PictureOutcome(name: picture.name, expected: picture.classNames.first, found: found)
        }
    }

    /// Sharpness and threshold that suit scores of pictures that were held back.
    public static func calibration(
        _ pictures: [TaughtPicture], classes: [String], scores: [[Double]?]
    ) -> ClassCalibration {
        let answered = zip(pictures, scores).compactMap { picture, scores -> (Int, [Double])? in
            guard let scores, let right = classes.firstIndex(of: name(of: picture)) else { return nil }
            return (right, scores)
        }
        let sharpness = ClassCalibration.sharpness(answered)
        let best = ClassCalibration.thresholds.map { threshold in
            let calibration = ClassCalibration(sharpness: sharpness, threshold: threshold)
            let outcomes = outcomes(pictures, classes: classes, scores: scores, calibration: calibration)
            let report = GateReport(before: nil, after: outcomes, known: [], tolerance: 0)
            let marked = report.classes.filter { $0.after.labels > 0 }
            return (calibration, marked.reduce(0) { $0 + $1.after.f1 } / Double(max(1, marked.count)))
        }
        // The first of equals: the lowest threshold that costs nothing.
        return best.reduce(best[0]) { $1.1 > $0.1 + 1e-9 ? $1 : $0 }.0
    }
}
