import Reporting
import ShrikeCore

/// What the events of one source, or of one piece of it, add up to.
struct PieceTally: Sendable {
    private(set) var report: SourceReport
    private(set) var timings = StageTimings()
    private(set) var alerts: [Alert] = []
    private(set) var clips: [String: [EvidenceReference]] = [:]
    private(set) var defects = 0
    private var boxes: [Int: [Int64: Box]] = [:]
    private var alertedTracks: Set<Int> = []

    init(info: SourceInfo, firstImageID: Int64 = 1) {
        report = SourceReport(info: info, firstImageID: firstImageID)
    }

    /// Boxes by frame of the tracks that became alerts; of one piece only.
    var alertedBoxes: [Int: [Int64: Box]] { boxes.filter { alertedTracks.contains($0.key) } }

    mutating func apply(_ event: PieceEvent) {
        switch event {
        case .frame(let frame):
            report.framesAnalyzed += 1
            timings.record("detect", .seconds(frame.detectSeconds))
            if frame.motionSeconds > 0 { timings.record("motion", .seconds(frame.motionSeconds)) }
            add(frame)
        case .kept(let frame):
            report.framesUnchanged += 1
            add(frame)
        case .skipped(let name, let reason): report.skip(name: name, reason: reason)
        case .dropped(let count): report.framesDropped += count
        case .alerts(let alerts):
            self.alerts += alerts
            for alert in alerts {
                alertedTracks.insert(alert.trackID)
                if alert.state == .new { defects += 1 }
            }
        case .decided(let seconds): timings.record("decide", .seconds(seconds))
        case .finished(let digest, let failure):
            report.digest = digest ?? report.digest
            report.failure = failure ?? report.failure
        case .clips(let clips): self.clips.merge(clips, uniquingKeysWith: { $1 })
        }
    }

    private mutating func add(_ frame: PieceEvent.AnalyzedFrame) {
        report.framesRead = max(report.framesRead, Int(clamping: frame.index) + 1)
        (report.width, report.height, report.origin) = (frame.width, frame.height, frame.origin)
        if report.info.isMotion { report.duration = frame.mediaTime }
        if let name = frame.fileName { report.fileNames[frame.index] = name }
        if let pose = frame.pose { report.path.append(pose) }
        guard report.info.isMotion else { return }
        for (track, box) in frame.boxes { boxes[track, default: [:]][frame.index] = box }
        for track in frame.endedTracks where !alertedTracks.contains(track) { boxes.removeValue(forKey: track) }
    }
}
