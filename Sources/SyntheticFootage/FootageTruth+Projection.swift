import ShrikeCore

extension FootageTruth.Observation {
    /// The box around projected corners, cut to the picture; nil where it is outside.
    init?(frame: Int, defectID: Int, outline: [Point], width: Int, height: Int) {
        let xs = outline.map(\.x)
        let ys = outline.map(\.y)
        guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else { return nil }
        let whole = Box(left: left, top: top, right: right, bottom: bottom)
        guard whole.area > 0, let cut = whole.clipped(toWidth: Double(width), height: Double(height)) else {
            return nil
        }
        self.init(frame: frame, defectID: defectID, box: cut, visible: cut.area / whole.area)
    }
}
