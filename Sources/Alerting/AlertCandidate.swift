import ShrikeCore

/// A track that is not an alert yet.
struct AlertCandidate: Hashable, Sendable, Codable {
    var trackID: Int
    var history = SightingHistory()
    /// When it was first detected without belonging to an alert.
    var since: MediaTime?
    /// Number of the open alert near which the track was then; see ``DefectAlertPolicy``.
    var continuedAlert: Int?
}
