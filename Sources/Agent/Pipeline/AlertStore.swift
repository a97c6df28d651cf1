import ShrikeCore

/// Where decided alerts go, in one step with the progress of their source.
protocol AlertStore: Sendable {
    /// Keeps the alerts and gives them their sequence numbers; returns those that were new.
    ///
    /// Returns only when the alerts are safe. A full disk is waited out; thrown is only what ends the program.
    func commit(_ step: StoredStep) async throws -> [Alert]
}

/// What one step of one source leaves behind.
struct StoredStep: Sendable {
    var source: String
    var alerts: [Alert]
    var progress: Progress?
    /// Files of a watched folder that are done with this step.
    var processedFiles: [String] = []
    /// SHA-256 of the pixels decided on; nil where no record is kept.
    var frameDigest: String?
    /// Alerts that go into the record only.
    var muted: [Alert] = []

    struct Progress: Sendable {
        var cursor: FrameCursor
        var snapshot: StageSnapshot
    }
}
