import Foundation
import ShrikeCore

/// Writes the journal of one piece of footage; used by one task at a time.
///
/// Events become part of the piece with the next ``settle(_:)``, and safe from a kill with the next ``save(phase:hasFailed:)``.
struct PieceJournal {
    private let files: PieceFiles
    private let file: FileHandle
    private let encoder: JSONEncoder
    private var bytes: Int
    /// Lines that the next save writes.
    private var settled = Data()
    private var unsettled: [PieceEvent] = []
    private var progress: StoredStep.Progress?
    private var lastSave = ContinuousClock.now

    /// Opens the journal after the bytes that the checkpoint counts; without one it begins anew.
    init(files: PieceFiles, after checkpoint: PieceCheckpoint?) throws(AgentError) {
        self.files = files
        encoder = JSONEncoder()
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        bytes = checkpoint?.journalBytes ?? 0
        if let cursor = checkpoint?.cursor, let snapshot = checkpoint?.snapshot {
            progress = .init(cursor: cursor, snapshot: snapshot)
        }
        do {
            if checkpoint == nil {
                try? FileManager.default.removeItem(atPath: files.checkpoint)
                try Data().write(to: URL(filePath: files.journal))
            }
            file = try FileHandle(forUpdating: URL(filePath: files.journal))
            try file.truncate(atOffset: UInt64(bytes))
        } catch {
            throw AgentError(
                "results cannot be written (\(error.localizedDescription))", at: files.journal,
                remedy: "choose another folder with --out")
        }
    }

    /// Events of a piece up to its checkpoint, in order.
    ///
    /// - Throws: ``AgentError`` where the journal is damaged or shorter than the checkpoint says.
    static func events(_ files: PieceFiles, bytes: Int, _ body: (PieceEvent) throws -> Void) throws {
        let damaged = AgentError("journal of a replay is damaged", at: files.journal, remedy: "run again with --fresh")
        guard let reader = FileHandle(forReadingAtPath: files.journal) else { throw damaged }
        defer { try? reader.close() }
        let decoder = JSONDecoder()
        decoder.nonConformingFloatDecodingStrategy = .convertFromString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        var rest = bytes
        var line = Data()
        while rest > 0, let piece = try reader.read(upToCount: min(1 << 20, rest)), !piece.isEmpty {
            rest -= piece.count
            var start = piece.startIndex
            while let end = piece[start...].firstIndex(of: 0x0A) {
                line += piece[start..<end]
                guard let event = try? decoder.decode(PieceEvent.self, from: line) else { throw damaged }
                try body(event)
                line.removeAll(keepingCapacity: true)
                start = piece.index(after: end)
            }
            line += piece[start...]
        }
        guard rest == 0, line.isEmpty else { throw damaged }
    }

    mutating func record(_ event: PieceEvent) { unsettled.append(event) }

    /// All events so far belong to the frames up to the cursor.
    mutating func settle(_ progress: StoredStep.Progress?) throws {
        for event in unsettled {
            settled += try encoder.encode(event)
            settled.append(0x0A)
        }
        unsettled.removeAll(keepingCapacity: true)
        if let progress { self.progress = progress }
    }

    /// Saves when the last time was a while ago.
    mutating func saveNowAndThen() throws {
        guard ContinuousClock.now - lastSave >= .milliseconds(400) else { return }
        try save(phase: .analyzing)
    }

    /// Makes all settled events safe.
    mutating func save(phase: PieceCheckpoint.Phase, hasFailed: Bool = false) throws {
        try file.seek(toOffset: UInt64(bytes))
        try file.write(contentsOf: settled)
        bytes += settled.count
        settled.removeAll(keepingCapacity: true)
        var checkpoint = PieceCheckpoint(phase: phase, journalBytes: bytes, hasFailed: hasFailed)
        if phase == .analyzing { (checkpoint.cursor, checkpoint.snapshot) = (progress?.cursor, progress?.snapshot) }
        try JSONEncoder().encode(checkpoint).write(to: URL(filePath: files.checkpoint), options: .atomic)
        lastSave = .now
    }
}
