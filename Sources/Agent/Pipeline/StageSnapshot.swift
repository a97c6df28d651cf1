import Alerting
import ShrikeCore
import Tracking

/// All that the decision stages remember between frames; stored with the frame cursor, so that a restart continues as if
/// nothing had happened.
struct StageSnapshot: Codable, Sendable {
    var tracker: DefectTracker.Memory
    var policy: DefectAlertPolicy.Memory
    /// Picture of each open alert, by defect id.
    var evidence: [String: [EvidenceReference]]
    /// Nil where every frame is looked at.
    var gate: ChangeGate.Memory?
}
