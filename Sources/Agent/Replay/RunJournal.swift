import Foundation
import ShrikeCore

/// The `.run` folder of a replay: its plan, and a journal and a checkpoint for each piece of footage.
///
/// Owned by one process at a time. Whole files are replaced, journals only grow, so that a kill at any moment leaves a folder that
/// the same command continues.
final class RunJournal: Sendable {
    static let folderName = ".run"

    let path: String
    /// Holds the lock for as long as this object lives; the kernel frees it with the process.
    private let lock: FileHandle

    /// Opens the folder for a run of this plan; what another plan left there is removed.
    ///
    /// - Parameter isFresh: removes what the same plan left, too.
    /// - Returns: with `continues` true where pieces of an earlier run of the same plan are there.
    static func open(
        in folder: String, plan: RunPlan, isFresh: Bool
    ) throws(AgentError) -> (journal: RunJournal, continues: Bool) {
        let path = folder + "/" + folderName
        let lock = try acquireLock(folder: folder)
        let isSame = !isFresh && (try? storedPlan(in: folder)) == plan
        do {
            if !isSame {
                try? FileManager.default.removeItem(atPath: path)
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                let encoder = JSONEncoder()
                encoder.outputFormatting = [.sortedKeys]
                try encoder.encode(plan).write(to: URL(filePath: path + "/plan.json"), options: .atomic)
            }
        } catch {
            throw AgentError("results cannot be written", at: path, remedy: "choose another folder with --out")
        }
        return (RunJournal(path: path, lock: lock), isSame)
    }

    private init(path: String, lock: FileHandle) { (self.path, self.lock) = (path, lock) }

    /// The plan of the run in `folder`.
    ///
    /// - Throws: ``AgentError`` where there is none that can be read.
    static func storedPlan(in folder: String) throws(AgentError) -> RunPlan {
        guard let bytes = FileManager.default.contents(atPath: folder + "/" + folderName + "/plan.json"),
            let plan = try? JSONDecoder().decode(RunPlan.self, from: bytes), plan.schema == RunPlan.currentSchema
        else {
            throw AgentError("no run of this release", at: folder, remedy: "name the --out folder of a replay")
        }
        return plan
    }

    /// What is known of a piece: nil where nothing, or nothing that can be read, is stored.
    static func checkpoint(of piece: Int, in folder: String) -> PieceCheckpoint? {
        let files = PieceFiles(folder: folder + "/" + folderName, piece: piece)
        guard let bytes = FileManager.default.contents(atPath: files.checkpoint) else { return nil }
        return try? JSONDecoder().decode(PieceCheckpoint.self, from: bytes)
    }

    /// Whether the folder's piece is analysed to its end.
    static func isComplete(_ piece: Int, in folder: String) -> Bool {
        checkpoint(of: piece, in: folder).map { $0.phase == .complete && !$0.hasFailed } ?? false
    }

    private static func acquireLock(folder: String) throws(AgentError) -> FileHandle {
        try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = folder + "/.lock"
        let descriptor = Glibc.open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw AgentError("results cannot be written", at: folder, remedy: "choose another folder with --out")
        }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw AgentError(
                "another replay writes into this folder", at: folder,
                remedy: "wait for it, or choose another with --out")
        }
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}

/// Where one piece keeps its journal and checkpoint.
struct PieceFiles: Sendable {
    let journal: String
    let checkpoint: String

    init(folder: String, piece: Int) {
        let digits = String(piece)
        let number = String(repeating: "0", count: max(0, 6 - digits.count)) + digits
        (journal, checkpoint) = ("\(folder)/piece-\(number).ndjson", "\(folder)/piece-\(number).json")
    }
}
