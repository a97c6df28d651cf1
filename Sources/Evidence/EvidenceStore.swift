public import Foundation
import Integrity
public import ShrikeCore

/// The evidence folder of a gateway or of a replay: whole files only, within limits of age, bytes and free disk.
///
/// A file that cannot be kept is shed with a reason and never an error: an alert goes out without its picture rather
/// than not at all. Calls block on the disk.
public final class EvidenceStore: Sendable {
    public enum Outcome: Hashable, Sendable {
        case stored(EvidenceReference)
        /// The alert is to carry `evidence_shed` in its `degraded`; `reason` is for the log.
        case shed(reason: String)
    }

    /// Mark in ``Alert/degraded`` where evidence is missing.
    public static let shedMark = "evidence_shed"

    public let directory: URL
    public let limits: RetentionPlan.Limits
    private let inventory: EvidenceInventory

    /// Opens the folder, makes it where it is missing, and removes unfinished files of an earlier run.
    ///
    /// - Throws: ``EvidenceError`` where it can be neither made nor read.
    public init(directory: URL, limits: RetentionPlan.Limits = .init()) throws(EvidenceError) {
        (self.directory, self.limits) = (directory, limits)
        var items: [RetentionPlan.Item] = []
        do {
            let files = FileManager.default
            try files.createDirectory(at: directory, withIntermediateDirectories: true)
            for name in try files.contentsOfDirectory(atPath: directory.path) {
                let path = directory.appending(path: name).path
                if name.hasPrefix(Self.unfinishedPrefix) {
                    try files.removeItem(atPath: path)
                } else if let item = Self.item(name: name, path: path) {
                    items.append(item)
                }
            }
        } catch {
            throw EvidenceError(
                "evidence folder cannot be used (\(error.localizedDescription))", at: directory.path,
                remedy: "check that the folder exists and may be written to, or name another")
        }
        inventory = EvidenceInventory(items)
    }

    /// Bytes of evidence kept now.
    public var bytes: Int64 { inventory.items.reduce(0) { $0 + $1.bytes } }

    /// Keeps the bytes under the alert's name; less worthy evidence makes room. Equal bytes under a name that exists are
    /// not written again.
    public func store(_ bytes: [UInt8], as name: EvidenceName, now: Timestamp) -> Outcome {
        let reference = EvidenceReference(
            kind: name.kind, path: name.fileName, sha256: SHA256Digest(of: bytes).hex, bytes: bytes.count)
        let target = directory.appending(path: name.fileName)
        if let old = try? Data(contentsOf: target), old.elementsEqual(bytes) { return .stored(reference) }
        if let reason = makeRoom(for: Int64(bytes.count), name: name, now: now) { return .shed(reason: reason) }
        let unfinished = unfinishedFile(for: name)
        do {
            try WholeFile.write(bytes, to: unfinished.path)
        } catch {
            try? FileManager.default.removeItem(at: unfinished)
            return .shed(reason: "\(target.path): \(error)")
        }
        return commit(unfinished, as: name, reference, now: now)
    }

    /// Where a file that is written in pieces (a clip) may grow until ``adopt(_:as:now:)`` takes it.
    public func unfinishedFile(for name: EvidenceName) -> URL {
        directory.appending(path: Self.unfinishedPrefix + name.fileName)
    }

    /// Takes a finished file over under the alert's name; it is removed where it is shed.
    public func adopt(_ file: URL, as name: EvidenceName, now: Timestamp) -> Outcome {
        let reference: EvidenceReference
        do {
            let digest = try SHA256Digest.ofFile(at: file.path)
            let size = (try FileManager.default.attributesOfItem(atPath: file.path)[.size] as? NSNumber)?.intValue ?? 0
            reference = EvidenceReference(kind: name.kind, path: name.fileName, sha256: digest.hex, bytes: size)
        } catch {
            return .shed(reason: "\(file.path): \(error.localizedDescription)")
        }
        if let reason = makeRoom(for: Int64(reference.bytes), name: name, now: now) {
            try? FileManager.default.removeItem(at: file)
            return .shed(reason: reason)
        }
        return commit(file, as: name, reference, now: now)
    }

    /// Applies the limits now; returns what was removed.
    @discardableResult
    public func prune(now: Timestamp) -> [EvidenceName] {
        let plan = RetentionPlan(
            items: inventory.items, limits: limits, now: now, freeBytes: WholeFile.freeBytes(at: directory.path))
        remove(plan.removed)
        return plan.removed
    }

    private static let unfinishedPrefix = ".unfinished-"

    /// Removes what must go for a new file; returns why there is no room for it, where there is none.
    private func makeRoom(for bytes: Int64, name: EvidenceName, now: Timestamp) -> String? {
        let free = WholeFile.freeBytes(at: directory.path)
        let others = inventory.items.filter { $0.name != name }
        let new = RetentionPlan.Item(name: name, bytes: bytes, time: now)
        let plan = RetentionPlan(items: others + [new], limits: limits, now: now, freeBytes: free.map { $0 - bytes })
        if plan.removed.contains(name) {
            return "no room for \(name.fileName) within \(limits.maximumBytes) bytes of evidence and "
                + "\(limits.minimumFreeBytes) free bytes on disk"
        }
        remove(plan.removed)
        return nil
    }

    private func remove(_ names: [EvidenceName]) {
        for name in names {
            try? FileManager.default.removeItem(at: directory.appending(path: name.fileName))
            inventory.remove(name)
        }
    }

    private func commit(_ file: URL, as name: EvidenceName, _ reference: EvidenceReference, now: Timestamp) -> Outcome {
        let target = directory.appending(path: name.fileName)
        guard rename(file.path, target.path) == 0 else {
            let reason = String(cString: strerror(errno))
            try? FileManager.default.removeItem(at: file)
            return .shed(reason: "\(target.path): \(reason)")
        }
        inventory.insert(.init(name: name, bytes: Int64(reference.bytes), time: now))
        return .stored(reference)
    }

    private static func item(name: String, path: String) -> RetentionPlan.Item? {
        guard let evidence = EvidenceName(fileName: name),
            let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let size = attributes[.size] as? NSNumber, let date = attributes[.modificationDate] as? Date
        else { return nil }
        let time = Timestamp(microseconds: Int64(date.timeIntervalSince1970 * 1_000_000))
        return RetentionPlan.Item(name: evidence, bytes: size.int64Value, time: time)
    }
}
