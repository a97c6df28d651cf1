/// How well four distances from a cell to the sides of a box fit the right ones, and how that changes with each.
///
/// Generalized IoU (Rezatofighi et al., CVPR 2019): IoU less the share of the enclosing box that neither covers.
struct BoxOverlap {
    let iou: Float
    let giou: Float
    /// Derivatives of `giou` by left, top, right, bottom.
    let gradient: (Float, Float, Float, Float)

    /// - Parameters:
    ///   - found: left, top, right, bottom, above 0.
    ///   - right: the same of the truth; negative where the cell lies outside.
    init(_ found: (Float, Float, Float, Float), right truth: (Float, Float, Float, Float)) {
        let (l, t, r, b) = found
        let width = min(r, truth.2) + min(l, truth.0)
        let height = min(b, truth.3) + min(t, truth.1)
        let meets = width > 0 && height > 0
        let shared = meets ? width * height : 0
        let union = max(1e-6, (l + r) * (t + b) + (truth.0 + truth.2) * (truth.1 + truth.3) - shared)
        let hullWidth = max(r, truth.2) + max(l, truth.0)
        let hullHeight = max(b, truth.3) + max(t, truth.1)
        let hull = max(1e-6, hullWidth * hullHeight)
        iou = shared / union
        giou = iou + union / hull - 1
        func slope(_ side: Float, _ truth: Float, across: Float, sharedAcross: Float, hullAcross: Float) -> Float {
            let sharedSlope: Float = meets && side < truth ? sharedAcross : 0
            let unionSlope = across - sharedSlope
            let hullSlope: Float = side > truth ? hullAcross : 0
            return (sharedSlope * union - shared * unionSlope) / (union * union)
                + (unionSlope * hull - union * hullSlope) / (hull * hull)
        }
        gradient = (
            slope(l, truth.0, across: t + b, sharedAcross: height, hullAcross: hullHeight),
            slope(t, truth.1, across: l + r, sharedAcross: width, hullAcross: hullWidth),
            slope(r, truth.2, across: t + b, sharedAcross: height, hullAcross: hullHeight),
            slope(b, truth.3, across: l + r, sharedAcross: width, hullAcross: hullWidth)
        )
    }
}
