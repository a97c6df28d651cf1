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
        var (pixels, overlaps): ([RankingMetrics.Sample], [RankingMetrics.Sample]) = ([], [])
        var regions = 0
        for picture in looked where !picture.map.isEmpty {
            var sizes: [Int32: Int] = [:]
            for region in picture.regions where region > 0 { sizes[region, default: 0] += 1 }
            regions += sizes.count
            for (score, region) in zip(picture.map, picture.regions) {
                let size = sizes[region]
                pixels.append(.init(score: score, weight: size == nil ? 0 : 1, isNegative: size == nil))
                overlaps.append(.init(score: score, weight: size.map { 1 / Double($0) } ?? 0, isNegative: size == nil))
            }
        }
        self.pixels = pixels.isEmpty ? nil : RankingMetrics(pixels, limit: 1)
        regionOverlap = regions > 0 ? RankingMetrics(overlaps, limit: Self.falsePositiveLimit).auroc : nil
        self.regions = regions
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
