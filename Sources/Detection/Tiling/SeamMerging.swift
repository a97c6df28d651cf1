internal import ShrikeCore

/// Makes one list of the boxes of overlapping regions, so that an object in an overlap or on a seam is reported once.
///
/// Within a class:
/// 1. Two boxes of different tiles that are cut at facing seams, and agree along the seam, are the halves of an object
///    larger than the overlap: they become their union, with the better score.
/// 2. A box that is cut at a seam and lies mostly inside a box of another region is a piece of that object, whatever
///    their scores: it goes. Only pieces go this way; a whole small object in front of a large one stays.
/// 3. What still overlaps by more than `iou` is the same object seen twice: whole boxes before pieces, then the better
///    score, stay.
///
/// Plain suppression over all tiles keeps pieces, since a piece overlaps its whole by little; suppression by the share
/// of the smaller box alone removes small objects in front of large ones.
struct SeamMerging: Sendable {
    var iou: Double
    /// Share of a piece inside another box from which it is a piece of it.
    var containment = 0.6
    /// Overlap of two halves along the seam, over their union, from which they are one object.
    var agreement = 0.5

    init(iou: Double) { self.iou = iou }

    /// Best first; equal scores in the order given.
    func merged(_ boxes: [RegionBox]) -> [RegionBox] {
        let joined = joinHalves(boxes)
        let remaining = joined.enumerated().filter { position, box in
            box.cut.isEmpty || !joined.enumerated().contains { isPiece(box, position, of: $1, $0) }
        }.map(\.element)
        return suppressed(remaining)
    }

    // MARK: - Steps

    private func joinHalves(_ boxes: [RegionBox]) -> [RegionBox] {
        var all = boxes
        // Joining can make new halves (an object over three tiles), so until nothing joins; each join removes a box.
        var changed = true
        while changed {
            changed = false
            search: for i in all.indices where !all[i].cut.isEmpty {
                for j in all.indices.dropFirst(i + 1) where !all[j].cut.isEmpty {
                    guard let union = union(all[i], all[j]) else { continue }
                    all[i] = union
                    all.remove(at: j)
                    changed = true
                    break search
                }
            }
        }
        return all
    }

    /// One box of two halves, nil where they are none.
    private func union(_ a: RegionBox, _ b: RegionBox) -> RegionBox? {
        guard a.index == b.index, a.region != b.region, a.box.intersectionArea(b.box) > 0 else { return nil }
        for (first, second) in [(a, b), (b, a)] {
            let besides =
                first.cut.contains(.right) && second.cut.contains(.left)
                && overlap(first.box.top, first.box.bottom, second.box.top, second.box.bottom) >= agreement
                && first.box.left <= second.box.left && first.box.right <= second.box.right
            let below =
                first.cut.contains(.bottom) && second.cut.contains(.top)
                && overlap(first.box.left, first.box.right, second.box.left, second.box.right) >= agreement
                && first.box.top <= second.box.top && first.box.bottom <= second.box.bottom
            guard besides || below else { continue }
            let joint: TileRegion.Sides = besides ? [.left, .right] : [.top, .bottom]
            // Sides where the halves met are whole now; the outer ones stay as they were.
            let outer = first.cut.intersection(besides ? .left : .top)
                .union(second.cut.intersection(besides ? .right : .bottom))
            let rest = first.cut.union(second.cut).subtracting(joint).union(outer)
            return RegionBox(
                box: first.box.union(second.box), score: max(first.score, second.score), index: first.index,
                region: min(first.region, second.region), cut: rest)
        }
        return nil
    }

    private func isPiece(_ piece: RegionBox, _ position: Int, of other: RegionBox, _ otherPosition: Int) -> Bool {
        guard piece.index == other.index, piece.region != other.region, piece.box.area > 0,
            piece.box.intersectionArea(other.box) >= containment * piece.box.area
        else { return false }
        // Of two pieces that hold each other the larger stays, then the earlier.
        return other.cut.isEmpty || (other.box.area, -otherPosition) > (piece.box.area, -position)
    }

    private func suppressed(_ boxes: [RegionBox]) -> [RegionBox] {
        let order = boxes.indices.sorted { a, b in
            let (x, y) = (boxes[a], boxes[b])
            if x.cut.isEmpty != y.cut.isEmpty { return x.cut.isEmpty }
            return (x.score, b) > (y.score, a)
        }
        var kept: [Int] = []
        for candidate in order {
            let box = boxes[candidate]
            let isSeen = kept.contains { boxes[$0].index == box.index && boxes[$0].box.iou(box.box) > iou }
            if !isSeen { kept.append(candidate) }
        }
        return kept.sorted { (boxes[$0].score, $1) > (boxes[$1].score, $0) }.map { boxes[$0] }
    }

    /// Overlap of two intervals over their union.
    private func overlap(_ a: Double, _ b: Double, _ c: Double, _ d: Double) -> Double {
        let whole = max(b, d) - min(a, c)
        return whole > 0 ? max(0, min(b, d) - max(a, c)) / whole : 0
    }
}
