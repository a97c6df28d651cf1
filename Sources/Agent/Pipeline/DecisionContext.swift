import Alerting
import Geolocation
import ShrikeCore
import Telemetry

/// What the decisions about one source rest on and lead to, apart from the frames themselves.
struct DecisionContext: Sendable {
    /// Whose time an alert tells.
    enum Clock: Sendable {
        /// The gateway's own clocks, and the footage's where it carries one.
        case live
        /// The footage's, so that every run gives the same bytes.
        case replay(run: String)
    }

    let source: SourceInfo
    var scenes: [LoadedScene]
    let evidence: EvidenceRecorder
    /// What people ordered meanwhile; nil in a replay.
    let orders: StandingOrders?
    private let site: String
    private let gateway: String
    private let telemetry: SourceTelemetry?
    private let locator: DefectLocator
    private let takeOff: TakeOff?
    private let clock: Clock
    private let bootID: String
    private let isWatchedFolder: Bool

    /// - Parameters:
    ///   - locator: terrain and assets to place defects on; flat ground without assets where none is given.
    ///   - isWatchedFolder: each frame is a file of its own, done with its alerts.
    init(
        site: String, gateway: String, source: SourceInfo, scenes: [LoadedScene], telemetry: SourceTelemetry?,
        clock: Clock, evidence: EvidenceRecorder, locator: DefectLocator = DefectLocator(),
        isWatchedFolder: Bool = false, orders: StandingOrders? = nil
    ) {
        (self.site, self.gateway, self.scenes) = (site, gateway, scenes)
        self.source = source.withoutFolders
        self.orders = orders
        (self.telemetry, self.clock, self.evidence) = (telemetry, clock, evidence)
        (self.isWatchedFolder, self.locator) = (isWatchedFolder, locator)
        takeOff = telemetry.flatMap { TakeOff(of: $0.track) }
        bootID = if case .replay(let run) = clock { run } else { ProcessClock.bootID() }
    }

    /// The complete alert of a decision, still without evidence and sequence number.
    func compose(_ decision: AlertDecision, frame: Frame) -> Alert {
        let composer = AlertComposer(
            site: site, gateway: gateway, source: source, origin: frame.origin, bootID: bootID)
        let capture = captureTime(frame, at: decision.mediaTime)
        let pose = SourceTelemetry.pose(of: frame, at: decision.mediaTime, in: telemetry)
        var context = AlertContext(
            lineage: lineage(of: decision.scene), imageWidth: frame.width, imageHeight: frame.height,
            time: capture.time,
            timeQuality: capture.quality, monotonicNanoseconds: monotonicNanoseconds(at: decision.mediaTime), pose: pose
        )
        if let pose {
            let isOwn = frame.pose != nil
            let found = locator.locate(
                decision.box, imageWidth: frame.width, imageHeight: frame.height, pose: pose,
                method: isOwn ? .xmp : telemetry?.track.method ?? .none, track: isOwn ? nil : telemetry?.track,
                takeOff: takeOff, at: telemetry?.moment(of: frame, at: decision.mediaTime) ?? decision.mediaTime)
            (context.place, context.asset) = (found.place, found.asset)
            context.degraded += found.degraded
        } else if telemetry != nil {
            context.degraded.append("no_pose")
        }
        return composer.alert(for: decision, in: context)
    }

    private func lineage(of scene: String) -> Lineage {
        scenes.first { $0.definition.name == scene }?.lineage
            ?? Lineage(scene: ModelIdentity(level: .l2, name: scene, version: "0", digest: ""))
    }

    /// The frame's own time, else the telemetry's; footage without any clock tells its media time since 1970 in a replay, and the
    /// time of the decision live, both marked unsynced.
    private func captureTime(_ frame: Frame, at time: MediaTime) -> CaptureTime {
        if let capture = frame.captureTime {
            return CaptureTime(time: capture.time.advanced(by: time - frame.mediaTime), quality: capture.quality)
        }
        if let telemetry, !telemetry.isByClock, let capture = telemetry.track.captureTime(at: time) { return capture }
        return switch clock {
        case .live: CaptureTime(time: ProcessClock.now(), quality: .unsynced)
        case .replay: CaptureTime(time: Timestamp(microseconds: time.microseconds), quality: .unsynced)
        }
    }

    private func monotonicNanoseconds(at time: MediaTime) -> Int64 {
        switch clock {
        case .live: ProcessClock.monotonicNanoseconds()
        case .replay: max(0, time.microseconds) * 1000
        }
    }

    /// SHA-256 of the pixels for the record of decisions, live only: a replay names its footage by digest.
    func frameDigest(_ frame: Frame) async -> String? {
        guard case .live = clock else { return nil }
        return await evidence.digest(of: frame)
    }

    /// Key under which a watched folder remembers the frame's file; nil for all other sources.
    func fileKey(_ frame: Frame) -> String? { isWatchedFolder ? frame.origin : nil }
}

extension SourceInfo {
    /// The same with a file's folders left out of its address: alerts tell which recording, not where somebody keeps it, and
    /// are the same wherever it lies.
    fileprivate var withoutFolders: SourceInfo {
        guard !isLive, let slash = redactedAddress.lastIndex(of: "/"), slash != redactedAddress.indices.last else {
            return self
        }
        var copy = self
        copy.redactedAddress = String(redactedAddress[redactedAddress.index(after: slash)...])
        return copy
    }
}
