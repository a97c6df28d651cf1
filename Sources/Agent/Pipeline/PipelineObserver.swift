import ShrikeCore

/// Watches a source's pipeline; for metrics, progress and reports. Calls come in order, one at a time per source.
protocol PipelineObserver: Sendable {
    func analyzed(_ frame: Frame, _ outcome: AnalysisOutcome, tracks: [Track], source: SourceInfo) async
    /// A frame that was not looked at, because it shows what the one before showed.
    func kept(_ frame: Frame, tracks: [Track], source: SourceInfo) async
    func skipped(name: String, reason: String, source: SourceInfo) async
    func dropped(_ count: Int, source: SourceInfo) async
    func changed(_ state: SourceState, source: SourceInfo) async
    /// An alert goes out without its picture.
    func shed(reason: String, source: SourceInfo) async
    /// Alerts were recorded and not sent.
    func muted(_ count: Int, source: SourceInfo) async
    /// The alerts were stored; `seconds` is what deciding and storing took.
    func raised(_ alerts: [Alert], frame: Frame?, seconds: Double, source: SourceInfo) async
}

extension PipelineObserver {
    func muted(_ count: Int, source: SourceInfo) async {}
}
