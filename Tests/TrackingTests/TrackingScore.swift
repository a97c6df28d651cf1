import ShrikeCore

/// How well tracks and alerts keep to the true things of a ``LabeledRun``.
struct TrackingScore: CustomStringConvertible {
    /// Times a true thing was found in another track than the last time it was found (CLEAR MOT).
    var identitySwitches = 0
    var tracks = 0
    /// True things seen 10 frames or more in the labels.
    var trueObjects = 0
    /// `new` alerts on those.
    var alertsOnTrueObjects = 0
    /// Those that no `new` alert belongs to.
    var trueObjectsWithoutAlert = 0
    /// `new` alerts on things seen less often, and on false boxes.
    var alertsOnBriefObjects = 0
    var falseAlerts = 0

    var alertsPerTrueObject: Double { Double(alertsOnTrueObjects) / Double(max(1, trueObjects)) }
    var description: String {
        "switches \(identitySwitches), tracks \(tracks), objects \(trueObjects), alerts on them \(alertsOnTrueObjects) "
            + "(\((alertsPerTrueObject * 100).rounded() / 100) each), without alert \(trueObjectsWithoutAlert), "
            + "on brief ones \(alertsOnBriefObjects), false \(falseAlerts)"
    }

    /// - Parameter truth: decides which identities count as true objects; defaults to the run itself.
    init(
        _ run: LabeledRun, truth: LabeledRun? = nil, tracker: some TrackingStage, policy: some AlertPolicyStage,
        withMotion: Bool = true
    ) {
        var tracker = tracker
        var policy = policy
        let objects = (truth ?? run).identities(seenAtLeast: 10)
        trueObjects = objects.count
        var trackOf: [Int: Int] = [:]
        var alerted: Set<Int> = []
        for index in run.frames.indices {
            let analysis = run.analysis(index, withMotion: withMotion)
            let seen = tracker.update(analysis)
            var idOf: [Int: Int] = [:]
            for track in seen {
                tracks = max(tracks, track.id)
                guard let detection = track.detection,
                    let d = analysis.detections.firstIndex(of: detection)
                else { continue }
                let id = run.frames[index].ids[d]
                idOf[track.id] = id
                guard id > 0 else { continue }
                if let last = trackOf[id], last != track.id { identitySwitches += 1 }
                trackOf[id] = track.id
            }
            for decision in policy.update(tracks: seen, analysis: analysis) where decision.event == .new {
                guard let id = idOf[decision.alertTrackID], id > 0 else {
                    falseAlerts += 1
                    continue
                }
                if objects.contains(id) {
                    alertsOnTrueObjects += 1
                    alerted.insert(id)
                } else {
                    alertsOnBriefObjects += 1
                }
            }
        }
        trueObjectsWithoutAlert = objects.subtracting(alerted).count
    }
}
