import Evidence
import Foundation
import ShrikeCore

/// Makes the clips of one video's defects.
struct ReplayClips: Sendable {
    let mode: ReplayOptions.Clips
    let seconds: (before: Double, after: Double)
    let folder: ReplayFolder
    let decoding: FootageDecoding

    /// Clips by defect id.
    ///
    /// - Throws: ``AgentError`` where the video cannot be read again.
    func make(of tally: PieceTally, _ item: MissionItem) async throws -> [String: [EvidenceReference]] {
        let opening = tally.alerts.filter { $0.state == .new }
        guard mode != .none, item.content == .video, !opening.isEmpty else { return [:] }
        let boxes = tally.alertedBoxes
        let requests = opening.map {
            ClipRequest(
                frameIndex: $0.frameIndex, className: $0.className, grade: $0.grade, boxes: boxes[$0.trackID] ?? [:])
        }
        return try await BlockingThread(label: "clips").run { [mode, seconds, folder, decoding] in
            let names = opening.map { EvidenceName(alertID: $0.alertID, grade: $0.grade, kind: .clip) }
            let target: (Int) -> URL = { folder.evidence.unfinishedFile(for: names[$0]) }
            let size = (width: opening[0].imageWidth, height: opening[0].imageHeight)
            let cut =
                mode == .copy
                ? ClipCutter.installed(secondsBefore: seconds.before, secondsAfter: seconds.after)?.cut(
                    requests, from: item.address, width: size.width, height: size.height, to: target) : nil
            let written = try translating {
                try cut?.keys.sorted()
                    ?? ClipWriter(secondsBefore: seconds.before, secondsAfter: seconds.after).write(
                        requests, from: item.address, open: { try ClipReader($0, decoding) }, to: target)
            }
            var clips: [String: [EvidenceReference]] = [:]
            for position in written {
                let outcome = folder.evidence.adopt(target(position), as: names[position], now: ProcessClock.now())
                if case .stored(let reference) = outcome {
                    let subtitles = folder.evidence.directory.appending(path: names[position].fileName)
                        .deletingPathExtension().appendingPathExtension("ass")
                    try? cut?[position].map { try Data($0.utf8).write(to: subtitles, options: .atomic) }
                    clips[opening[position].defectID, default: []].append(reference)
                }
            }
            return clips
        }
    }
}
