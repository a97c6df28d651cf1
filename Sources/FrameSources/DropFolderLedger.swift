import ShrikeCore

/// Decides when a file in a watched folder is complete: when its writer closed it, or when nothing about it has changed
/// for a while. A value without a clock; times are seconds of any monotonic clock.
struct DropFolderLedger {
    /// What a listing of the folder says about one file.
    struct Entry: Hashable {
        var name: String
        var size: Int64
        var modified: Int64
    }

    private struct Known {
        var entry: Entry
        var unchangedSince: Double
        var isBeingWritten: Bool
        var isDone: Bool
    }

    /// A file that is unchanged but whose writer was never seen to close it is given up as complete after this many
    /// times the quiet time: a link, or a writer that hangs.
    private static let patience = 10.0

    private let quietSeconds: Double
    private var known: [String: Known] = [:]

    init(quietSeconds: Double) { self.quietSeconds = max(0, quietSeconds) }

    /// Names of partial and hidden files, by the habits of downloaders and copy programs.
    static func isIgnored(_ name: String) -> Bool {
        let lower = name.lowercased()
        return name.isEmpty || name.hasPrefix(".") || name.hasSuffix("~")
            || [".part", ".tmp", ".partial", ".crdownload", ".filepart"].contains(where: lower.hasSuffix)
    }

    /// The kernel saw a writer open or change the file.
    mutating func isBeingWritten(_ name: String, at now: Double) {
        guard !Self.isIgnored(name) else { return }
        let entry = Entry(name: name, size: -1, modified: 0)
        known[name] = Known(entry: entry, unchangedSince: now, isBeingWritten: true, isDone: false)
    }

    /// The writer closed the file, or it was moved here whole.
    mutating func isClosed(_ name: String, at now: Double) {
        guard !Self.isIgnored(name) else { return }
        let entry = Entry(name: name, size: -1, modified: 0)
        known[name] = Known(
            entry: entry, unchangedSince: now - quietSeconds - 1, isBeingWritten: false, isDone: false)
    }

    /// Takes a listing; returns the files that are complete and were not returned before, in natural order.
    mutating func complete(in listing: [Entry], at now: Double) -> [String] {
        var ready: [String] = []
        var present: Set<String> = []
        for entry in listing where !Self.isIgnored(entry.name) {
            present.insert(entry.name)
            guard var file = known[entry.name] else {
                known[entry.name] = Known(entry: entry, unchangedSince: now, isBeingWritten: false, isDone: false)
                continue
            }
            if file.entry != entry {
                // The first look after a notice only fills in what the notice did not say.
                let isFirstLook = file.entry.size == -1
                file.entry = entry
                if !isFirstLook {
                    file.unchangedSince = now
                    file.isDone = false
                }
            }
            let quiet = file.isBeingWritten ? quietSeconds * Self.patience : quietSeconds
            if !file.isDone, entry.size > 0, now - file.unchangedSince >= quiet {
                file.isDone = true
                ready.append(entry.name)
            }
            known[entry.name] = file
        }
        known = known.filter { present.contains($0.key) }
        return ready.sorted(by: NaturalOrder.areInOrder)
    }
}
