import Evidence
import Foundation
import FrameSources
import Imaging
import Integrity
import ShrikeCore

/// Makes and keeps the picture of an alert, off the cooperative pool.
struct EvidenceRecorder: Sendable {
    let store: EvidenceStore
    let renderer: EvidenceRenderer
    private let thread = BlockingThread(label: "evidence")

    init(store: EvidenceStore, quality: Int) {
        self.store = store
        renderer = EvidenceRenderer(quality: quality)
    }

    /// Renders the frame with the alert's marks and stores it; a picture that cannot be kept is shed, never an error.
    func picture(of alert: Alert, frame: Frame) async -> EvidenceStore.Outcome {
        let work: @Sendable () throws -> EvidenceStore.Outcome = { [store, renderer] in
            let bytes = try renderer.picture(of: frame.pixels, facts: EvidenceFacts(alert))
            let name = EvidenceName(alertID: alert.alertID, grade: alert.grade, kind: .image)
            return store.store(bytes, as: name, now: ProcessClock.now())
        }
        do { return try await thread.run(work) } catch { return .shed(reason: "\(error)") }
    }

    /// SHA-256 of a frame's pixels.
    func digest(of frame: Frame) async -> String? {
        try? await thread.run { frame.contentDigest().hex }
    }

    /// A small JPEG of a stored picture for MQTT; nil where it is gone.
    func thumbnail(path: String, side: Int = 480) async -> [UInt8]? {
        let file = store.directory.appending(path: path)
        return try? await thread.run { Self.thumbnail(of: file, side: side) }
    }

    /// A small JPEG of a picture file; nil where it cannot be read. Blocks.
    static func thumbnail(of file: URL, side: Int) -> [UInt8]? {
        guard let bytes = try? Data(contentsOf: file) else { return nil }
        return try? bytes.withUnsafeBytes { raw in
            let picture = try Image.decode(raw)
            let scale = min(1, Double(side) / Double(max(picture.width, picture.height)))
            let small = try picture.resized(
                width: max(1, Int(Double(picture.width) * scale)), height: max(1, Int(Double(picture.height) * scale)),
                interpolation: .area)
            return try small.encoded(.jpeg(quality: 75))
        }
    }
}
