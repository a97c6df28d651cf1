import ShrikeCore

/// The joining of one frame's detections of one scene with its tracks: who is taken, who is still free.
struct AssociationRound {
    private let detections: [Detection]
    private let cost: AssociationCost
    private let unmatchedCost: Double
    private let sameThingIoU: Double
    /// Indices of tracks that no detection has claimed, ascending.
    private(set) var freeTracks: [Int]
    /// Indices of track and detection, in the order they were joined.
    private(set) var pairs: [(track: Int, detection: Int)] = []
    private var isTaken: [Bool]

    init(tracks: [Int], detections: [Detection], settings: TrackingSettings) {
        (freeTracks, self.detections) = (tracks, detections)
        isTaken = [Bool](repeating: false, count: detections.count)
        cost = AssociationCost(settings: settings)
        (unmatchedCost, sameThingIoU) = (settings.unmatchedCost, settings.sameThingIoU)
    }

    func isFree(detection: Int) -> Bool { !isTaken[detection] }

    /// Joins free tracks that satisfy the condition with free detections of their class.
    mutating func join(_ live: [LiveTrack], detections indices: [Int], where condition: (Track) -> Bool) {
        var candidates: [Assignment.Candidate] = []
        for (track, detection) in free(indices)
        where condition(live[track].track) && live[track].track.className == detections[detection].className {
            guard let cost = cost.cost(live[track], detections[detection]) else { continue }
            candidates.append(.init(row: track, column: detection, cost: cost))
        }
        join(candidates)
    }

    mutating func joinAcrossClasses(_ live: [LiveTrack], detections indices: [Int]) {
        var candidates: [Assignment.Candidate] = []
        for (track, detection) in free(indices) {
            guard let cost = cost.crossClassCost(live[track], detections[detection]) else { continue }
            candidates.append(.init(row: track, column: detection, cost: cost))
        }
        join(candidates)
    }

    /// Notes that a detection started a track.
    mutating func claim(_ detection: Int, for track: Int) {
        pairs.append((track, detection))
        isTaken[detection] = true
    }

    /// The track that claimed a detection of another class in the same place.
    func trackOfCoincident(_ detection: Detection) -> Int? {
        pairs.first {
            let other = detections[$0.detection]
            return other.className != detection.className && other.box.iou(detection.box) >= sameThingIoU
        }?.track
    }

    private func free(_ indices: [Int]) -> [(track: Int, detection: Int)] {
        let left = indices.filter { !isTaken[$0] }
        return freeTracks.flatMap { track in left.map { (track, $0) } }
    }

    private mutating func join(_ candidates: [Assignment.Candidate]) {
        let joined = Assignment.solve(candidates, unmatchedCost: unmatchedCost)
        for pair in joined {
            pairs.append((pair.row, pair.column))
            isTaken[pair.column] = true
        }
        let claimed = Set(joined.map(\.row))
        freeTracks.removeAll { claimed.contains($0) }
    }
}
