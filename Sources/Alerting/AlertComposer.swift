import Integrity
public import ShrikeCore

/// Makes complete alerts of decisions, with ids that follow from content: the same footage gives the same ids on every run,
/// after every crash, on every machine of that name.
public struct AlertComposer: Hashable, Sendable {
    private let site: String
    private let gateway: String
    private let source: SourceInfo
    private let origin: String
    private let bootID: String

    /// - Parameter origin: the recording or live session whose media time is meant; see ``FrameCursor/origin``.
    public init(site: String, gateway: String, source: SourceInfo, origin: String, bootID: String) {
        (self.site, self.gateway, self.source) = (site, gateway, source)
        (self.origin, self.bootID) = (origin, bootID)
    }

    /// The alert of a decision; its `sequence` is 0 until the outbox numbers it.
    public func alert(for decision: AlertDecision, in context: AlertContext) -> Alert {
        Alert(
            defectID: defectID(of: decision), alertID: alertID(of: decision), sequence: 0, site: site,
            gateway: gateway, source: source, time: context.time, timeQuality: context.timeQuality,
            monotonicNanoseconds: context.monotonicNanoseconds, bootID: bootID, mediaTime: decision.mediaTime,
            frameIndex: decision.frameIndex, className: decision.className, grade: decision.grade,
            basis: decision.basis, score: decision.score, box: decision.box, imageWidth: context.imageWidth,
            imageHeight: context.imageHeight, lineage: context.lineage, state: decision.event.state,
            trackID: decision.alertTrackID, firstSeen: decision.firstSeen, count: decision.count,
            outline: decision.outline, thermal: decision.thermal, place: context.place, pose: context.pose,
            asset: context.asset, evidence: context.evidence, zones: decision.zones,
            degraded: Set(context.degraded).sorted())
    }

    /// First 32 hex digits of the SHA-256 of a JSON array of gateway, source, origin, opening media time in microseconds,
    /// opening class and track. Known before any picture of evidence is written.
    public func defectID(of decision: AlertDecision) -> String {
        digest([
            .string(gateway), .string(source.id), .string(origin), .integer(decision.openedAt.microseconds),
            .string(decision.openedClass), .integer(Int64(decision.alertTrackID)),
        ])
    }

    /// First 32 hex digits of the SHA-256 of a JSON array of defect id, state and media time in microseconds.
    public func alertID(of decision: AlertDecision) -> String {
        digest([
            .string(defectID(of: decision)), .string(decision.event.state.rawValue),
            .integer(decision.mediaTime.microseconds),
        ])
    }

    private func digest(_ parts: [JSONValue]) -> String {
        String(SHA256Digest(ofUTF8: JSONValue.array(parts).canonicalText).hex.prefix(32))
    }
}

extension AlertDecision.Event {
    fileprivate var state: Alert.State {
        switch self {
        case .new: .new
        case .update: .update
        case .end: .end
        }
    }
}
