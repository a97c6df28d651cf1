import ShrikeCore

/// What it costs to say that a detection is a track seen again.
///
/// The cost of a pair is the distance of the centers in box sizes, plus one minus the overlap of both boxes grown by half
/// a size on each side, plus the logarithm of the size ratio. Small things seen from a drone hardly overlap from frame to
/// frame, so distance leads and the grown overlap ("buffered IoU", F. Yang et al., C-BIoU, WACV 2023) refines.
struct AssociationCost {
    var settings: TrackingSettings

    /// Nil where the pair is out of the question.
    func cost(_ live: LiveTrack, _ detection: Detection) -> Double? {
        let (a, b) = (live.track.box, detection.box)
        let size = max(1, (a.side + b.side) / 2)
        let distance = a.center.distance(to: b.center)
        let noise = settings.measurementNoise * size
        let deviation = (live.placeDeviation * live.placeDeviation + noise * noise).squareRoot()
        let gate = min(
            settings.maximumGate * size, max(settings.minimumGate * size, settings.gateDeviations * deviation))
        guard distance <= gate else { return nil }
        let ratio = a.side > 0 ? max(a.side / b.side, b.side / a.side) : .infinity
        guard ratio <= settings.maximumSizeRatio else { return nil }
        return distance / size + 1 - a.grown(by: size / 2).iou(b.grown(by: size / 2)) + ratio.logarithm
    }

    /// For detections of another class: only where both boxes coincide.
    func crossClassCost(_ live: LiveTrack, _ detection: Detection) -> Double? {
        let overlap = live.track.box.iou(detection.box)
        return overlap >= settings.sameThingIoU ? 1 - overlap : nil
    }
}

extension Point {
    func distance(to other: Point) -> Double {
        let (dx, dy) = (x - other.x, y - other.y)
        return (dx * dx + dy * dy).squareRoot()
    }
}

extension Box {
    /// Each side moved outward by so many pixels.
    func grown(by margin: Double) -> Box {
        Box(x: x - margin, y: y - margin, width: width + 2 * margin, height: height + 2 * margin)
    }
}

extension Double {
    /// A rational stand-in for the natural logarithm of a number of at least 1 (Padé [1/1] at 1): no libm in results that
    /// must be equal on every machine.
    var logarithm: Double { 2 * (self - 1) / (self + 1) }
}
