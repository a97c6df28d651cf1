import Foundation
import Reporting
import ShrikeCore

/// Makes `comparison.html` of two run folders.
enum ComparisonWriter {
    /// The page, with the pictures of everything that changed.
    ///
    /// - Parameters:
    ///   - folder: of the new run, in which the page will lie.
    ///   - baseline: folder of the earlier run.
    static func page(
        _ comparison: ReplayComparison, folder: String, baseline: String, scenes: [SceneDefinition]
    ) -> String {
        let old = comparison.changes.compactMap(\.baseline?.picture)
        let new = comparison.changes.compactMap(\.new?.picture)
        return ComparisonPage().html(
            comparison, baseline: side(baseline, pictures: old, from: folder),
            new: side(folder, pictures: new, from: folder), version: AgentVersion.current, scenes: scenes)
    }

    private static func side(_ run: String, pictures: [String], from folder: String) -> ComparisonPage.Side {
        let evidence = URL(filePath: run + "/evidence")
        var thumbnails: [String: [UInt8]] = [:]
        for path in Set(pictures) {
            guard let file = RunFindings.file(path, in: evidence) else { continue }
            thumbnails[path] = EvidenceRecorder.thumbnail(of: file, side: 480)
        }
        return ComparisonPage.Side(
            name: URL(filePath: run).lastPathComponent, evidence: RelativePath.from(folder, to: evidence.path),
            thumbnails: thumbnails)
    }
}
