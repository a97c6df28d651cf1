public import ShrikeCore

/// How well a map of unusual places agrees with labels: of whole pictures, of pixels, and of labelled regions.
///
/// Method: AUROC of pictures and pixels, and AUPRO (P. Bergmann et al., "Uninformed Students", CVPR 2020): the mean share of
/// each labelled region that is found, against the false positive rate of pixels, up to 0.3.
public struct ScreeningMetrics: Hashable, Sendable {
    /// A picture's scores and what is labelled in it.
    public struct Picture: Hashable, Sendable {
        /// Of the whole picture.
        public var score: Double
        /// By rows; empty where only the picture's score is known.
        public var map: [Float]
        /// Region of each pixel of the map, 0 for none, else 1, 2 ...; empty as the map.
        public var regions: [Int32]
        public var isUnusual: Bool

        public init(score: Double, map: [Float] = [], regions: [Int32] = [], isUnusual: Bool) {
            precondition(map.count == regions.count, "a region for each pixel")
            (self.score, self.map, self.regions, self.isUnusual) = (score, map, regions, isUnusual)
        }
    }

    public static let falsePositiveLimit = 0.3

    public let pictures: RankingMetrics
    /// Nil where no picture has a map.
    public let pixels: RankingMetrics?
    /// AUPRO; nil where no region is labelled.
    public let regionOverlap: Double?
    public let usual: Int
    public let unusual: Int
    public let regions: Int

    public init(_ looked: [Picture]) {
        pictures = RankingMetrics(
            positives: looked.filter(\.isUnusual).map(\.score), negatives: looked.filter { !$0.isUnusual }.map(\.score))
        unusual = looked.count(where: \.isUnusual)
        usual = looked.count - unusual
        let sizes = looked.map { picture in
            picture.regions.reduce(into: [Int32: Int]()) { if $1 > 0 { $0[$1, default: 0] += 1 } }
        }
        regions = sizes.reduce(0) { $0 + $1.count }
        func ranked(limit: Double, _ weight: (Int) -> Float) -> RankingMetrics {
            RankingMetrics(
                zip(looked, sizes).flatMap { picture, sizes in
                    zip(picture.map, picture.regions).map { score, region in
                        .init(score: score, weight: sizes[region].map(weight) ?? 0)
                    }
                }, limit: limit)
        }
        pixels = looked.allSatisfy(\.map.isEmpty) ? nil : ranked(limit: 1) { _ in 1 }
        regionOverlap = regions > 0 ? ranked(limit: Self.falsePositiveLimit) { 1 / Float($0) }.auroc : nil
    }

    public var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0, decimals: 6) } ?? .null }
        return .object([
            "usual": .integer(Int64(usual)), "unusual": .integer(Int64(unusual)), "regions": .integer(Int64(regions)),
            "picture_auroc": number(pictures.auroc), "picture_ap": number(pictures.averagePrecision),
            "pixel_auroc": number(pixels?.auroc), "pixel_ap": number(pixels?.averagePrecision),
            "aupro": number(regionOverlap),
        ])
    }
}
