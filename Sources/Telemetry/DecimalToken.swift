/// A number as it stood in the text: some variants tell their scale only by the point.
struct DecimalToken: Hashable {
    var value: Double
    /// Digits after the point.
    var decimals: Int
    var hasPoint: Bool
}
