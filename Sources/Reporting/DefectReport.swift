public import ShrikeCore

/// One defect: what its alerts, from `new` to `end`, say together.
public struct DefectReport: Hashable, Sendable {
    /// The alert of the highest grade, among those the highest score, among those the first.
    public var best: Alert
    public var firstSeen: MediaTime
    public var lastSeen: MediaTime
    /// Frames in which it was seen.
    public var count: Int
    /// Pictures and clips of all its alerts, without repetition.
    public var evidence: [EvidenceReference]
    /// The best place known: the one with the smallest error.
    public var place: GroundPoint?
    /// What it belongs to, by that place.
    public var asset: AssetReference?
    public var alertIDs: [String]
    /// The physical defect it is, over flights; nil where that was not made out.
    public var siteDefectID: String?

    /// Groups alerts by defect; highest grade first, then score, then time.
    public static func grouped(_ alerts: [Alert]) -> [DefectReport] {
        var order: [String] = []
        var groups: [String: DefectReport] = [:]
        for alert in alerts {
            if groups[alert.defectID] == nil { order.append(alert.defectID) }
            groups[alert.defectID, default: DefectReport(alert)].add(alert)
        }
        return order.compactMap { groups[$0] }.sorted {
            ($1.best.grade, $1.best.score, $0.best.source.id, $0.firstSeen, $0.best.defectID)
                < ($0.best.grade, $0.best.score, $1.best.source.id, $1.firstSeen, $1.best.defectID)
        }
    }

    private init(_ alert: Alert) {
        (best, firstSeen, lastSeen) = (alert, alert.firstSeen, alert.mediaTime)
        (count, evidence, place, alertIDs) = (alert.count, [], nil, [])
    }

    private mutating func add(_ alert: Alert) {
        if alert.state != .end, (alert.grade, alert.score) > (best.grade, best.score) || best.state == .end {
            best = alert
        }
        firstSeen = min(firstSeen, alert.firstSeen)
        lastSeen = max(lastSeen, alert.mediaTime)
        count = max(count, alert.count)
        for reference in alert.evidence where !evidence.contains(reference) { evidence.append(reference) }
        if let found = alert.place, found.circularErrorMeters < place?.circularErrorMeters ?? .infinity {
            (place, asset) = (found, alert.asset)
        }
        alertIDs.append(alert.alertID)
    }
}
