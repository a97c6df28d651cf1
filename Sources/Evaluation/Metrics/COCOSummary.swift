internal import ShrikeCore

/// The twelve figures that COCO's evaluation prints, each a mean over classes; nil where no label is of those sizes.
///
/// Average precision (AP) over IoU 0.50 to 0.95 in steps of 0.05, at 0.5 and at 0.75, and for sizes up to 32 x 32, up to
/// 96 x 96 and above; average recall (AR) for 1, 10 and 100 detections a picture and class, and by size.
public struct COCOSummary: Hashable, Sendable {
    public var ap: Double?
    public var ap50: Double?
    public var ap75: Double?
    public var apSmall: Double?
    public var apMedium: Double?
    public var apLarge: Double?
    public var ar1: Double?
    public var ar10: Double?
    public var ar100: Double?
    public var arSmall: Double?
    public var arMedium: Double?
    public var arLarge: Double?

    /// Positions of IoU 0.5 and 0.75 among ``DetectionMetrics/overlaps``.
    private static let (half, threeQuarters) = (0, 5)

    /// - Parameter classes: for each class, its pictures.
    init(_ classes: [[PictureMatch]]) {
        let all = Self.curves(classes, .all, most: 100)
        let sizes = [PictureMatch.AreaRange.small, .medium, .large].map { Self.curves(classes, $0, most: 100) }
        ap = Self.precision(all)
        ap50 = Self.mean(all.map { $0[Self.half].averagePrecision })
        ap75 = Self.mean(all.map { $0[Self.threeQuarters].averagePrecision })
        (apSmall, apMedium, apLarge) = (
            Self.precision(sizes[0]), Self.precision(sizes[1]), Self.precision(sizes[2])
        )
        ar1 = Self.recall(Self.curves(classes, .all, most: 1))
        ar10 = Self.recall(Self.curves(classes, .all, most: 10))
        ar100 = Self.recall(all)
        (arSmall, arMedium, arLarge) = (Self.recall(sizes[0]), Self.recall(sizes[1]), Self.recall(sizes[2]))
    }

    /// Of each class that has such labels, a curve for each overlap.
    private static func curves(
        _ classes: [[PictureMatch]], _ range: PictureMatch.AreaRange, most: Int
    ) -> [[PrecisionCurve]] {
        classes.compactMap { pictures in
            let labels = pictures.reduce(0) { $0 + $1.labelCount(range) }
            guard labels > 0 else { return nil }
            return DetectionMetrics.overlaps.map { overlap in
                let outcomes = pictures.flatMap { $0.outcomes(overlap: overlap, range).filter { $0.rank < most } }
                return PrecisionCurve(outcomes: outcomes, labels: labels)
            }
        }
    }

    private static func precision(_ curves: [[PrecisionCurve]]) -> Double? {
        mean(curves.flatMap { $0.map(\.averagePrecision) })
    }

    private static func recall(_ curves: [[PrecisionCurve]]) -> Double? { mean(curves.flatMap { $0.map(\.recall) }) }

    private static func mean(_ values: [Double]) -> Double? { DetectionMetrics.mean(values) }

    /// By the names that are usual for them.
    public var figures: [(name: String, value: Double?)] {
        [
            ("AP", ap), ("AP50", ap50), ("AP75", ap75), ("APs", apSmall), ("APm", apMedium), ("APl", apLarge),
            ("AR1", ar1), ("AR10", ar10), ("AR100", ar100), ("ARs", arSmall), ("ARm", arMedium), ("ARl", arLarge),
        ]
    }

    var json: JSONValue {
        .object(
            Dictionary(
                uniqueKeysWithValues: figures.map { name, value in
                    (name.lowercased(), value.map { .number($0, decimals: 6) } ?? .null)
                }))
    }
}
