import Foundation
import ShrikeCore

/// `shrike replay --merge`: the results of the shards of one run, the same bytes as those of one run over all.
public struct ReplayMerge: Sendable {
    private let folders: [String]
    private let output: String
    private let baseline: String?
    private let siteRecord: String?
    private let gate: ReplayOptions.Gate

    /// - Parameters:
    ///   - folders: the `--out` folders of all shards.
    ///   - siteRecord: see ``ReplayOptions/siteRecord``.
    public init(
        folders: [String], output: String, baseline: String? = nil, siteRecord: String? = nil,
        gate: ReplayOptions.Gate = ReplayOptions.Gate()
    ) {
        (self.folders, self.output, self.baseline, self.siteRecord) = (folders, output, baseline, siteRecord)
        self.gate = gate
    }

    /// - Throws: ``AgentError`` where a folder holds no run, or one of another plan, or a piece is in none of them.
    public func run() async throws -> ReplayRun.Result {
        try await BlockingThread(label: "merge").run { [self] in
            let begin = ContinuousClock.now
            guard let first = folders.first else {
                throw AgentError("no folders to merge", at: "--merge", remedy: "name the --out folders of the shards")
            }
            let plan = try RunJournal.storedPlan(in: first)
            for folder in folders {
                let other = try RunJournal.storedPlan(in: folder)
                guard other.run == plan.run, other.settings == plan.settings, other.items == plan.items else {
                    throw AgentError(
                        "another run than that in \(first)", at: folder,
                        remedy: "merge the shards of one command only: same footage, scenes and options")
                }
            }
            guard !folders.contains(where: { Self.isSame($0, output) }) else {
                throw AgentError("would be overwritten", at: output, remedy: "choose another folder with --out")
            }
            let homes = try homes(of: plan)
            let target = try ReplayFolder(path: output)
            for folder in folders { try copyEvidence(of: folder) }
            var result = ReplayRun.Result(run: plan.run, summary: .null)
            result.pieces = homes.count
            let results = ReplayResults(plan: plan, folder: target, siteRecord: siteRecord) { homes[$0] ?? first }
            try results.write(seconds: (ContinuousClock.now - begin) / .seconds(1), into: &result)
            result.comparison = try target.comparison(baseline, plan, gate: gate.comparisonGate)
            return result
        }
    }

    /// The folder of each piece.
    private func homes(of plan: RunPlan) throws(AgentError) -> [Int: String] {
        var homes: [Int: String] = [:]
        var missing: [Int] = []
        for piece in plan.pieces.map(\.number) {
            homes[piece] = folders.first {
                RunJournal.checkpoint(of: piece, in: $0)?.phase == .complete
            }
            if homes[piece] == nil { missing.append(piece) }
        }
        guard missing.isEmpty else {
            let named = missing.prefix(8).map(String.init).joined(separator: ", ") + (missing.count > 8 ? " ..." : "")
            throw AgentError(
                "\(missing.count) of \(plan.pieces.count) pieces are missing (\(named))",
                at: folders.joined(separator: ", "),
                remedy: "name all shards, and let those that did not end run again")
        }
        return homes
    }

    private func copyEvidence(of folder: String) throws(AgentError) {
        let files = FileManager.default
        let from = folder + "/evidence"
        for name in ((try? files.contentsOfDirectory(atPath: from)) ?? []).sorted() where !name.hasPrefix(".") {
            let target = output + "/evidence/" + name
            // Evidence never changes, so a second name for it costs no room; other file systems get a copy.
            if link(from + "/" + name, target) == 0 || errno == EEXIST { continue }
            do { try files.copyItem(atPath: from + "/" + name, toPath: target) } catch {
                throw AgentError("evidence cannot be copied", at: target, remedy: "make room on the disk")
            }
        }
    }

    private static func isSame(_ a: String, _ b: String) -> Bool {
        URL(filePath: a).resolvingSymlinksInPath().path == URL(filePath: b).resolvingSymlinksInPath().path
    }
}
