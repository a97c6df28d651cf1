import Foundation
import Reporting
import ShrikeCore

/// Makes `comparison.html` of two run folders.
enum ComparisonWriter {
    /// One side of a comparison: a run, or what one scene of a run found.
    struct Part {
        var name: String
        /// Folder of the run.
        var run: String
        var record: RunRecord
    }

    /// The page, with the pictures of everything that changed.
    ///
    /// - Parameter folder: in which the page will lie.
    static func page(
        _ comparison: ReplayComparison, folder: String, baseline: Part, new: Part, scenes: [SceneDefinition]
    ) -> String {
        let old = comparison.changes.compactMap(\.baseline?.picture)
        let latest = comparison.changes.compactMap(\.new?.picture)
        return ComparisonPage().html(
            comparison, baseline: side(baseline, pictures: old, from: folder),
            new: side(new, pictures: latest, from: folder), version: AgentVersion.current, scenes: scenes)
    }

    private static func side(_ part: Part, pictures: [String], from folder: String) -> ComparisonPage.Side {
        let evidence = URL(filePath: part.run + "/evidence")
        var thumbnails: [String: [UInt8]] = [:]
        for path in Set(pictures) {
            guard let file = RunFindings.file(path, in: evidence) else { continue }
            thumbnails[path] = EvidenceRecorder.thumbnail(of: file, side: 480)
        }
        return ComparisonPage.Side(
            name: part.name, evidence: RelativePath.from(folder, to: evidence.path),
            thumbnails: thumbnails)
    }
}
