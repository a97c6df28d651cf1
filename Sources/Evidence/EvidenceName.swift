public import ShrikeCore

/// File name of a piece of evidence: `<alert id>-<grade>.jpg` or `.mp4`; the grade is what retention goes by.
public struct EvidenceName: Hashable, Sendable {
    public var alertID: String
    public var grade: Grade
    public var kind: EvidenceReference.Kind

    /// - Parameter alertID: as in ``Alert``; anything but letters, digits, `_` and `-` becomes `_`.
    public init(alertID: String, grade: Grade, kind: EvidenceReference.Kind) {
        self.alertID = String(
            alertID.prefix(96).map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") ? $0 : "_" })
        (self.grade, self.kind) = (grade, kind)
    }

    /// Reads a file name back; nil for files that are not evidence.
    public init?(fileName: String) {
        let parts = fileName.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let dash = parts[0].lastIndex(of: "-"),
            let grade = Grade(rawValue: String(parts[0][parts[0].index(after: dash)...]))
        else { return nil }
        switch parts[1] {
        case "jpg": kind = .image
        case "mp4": kind = .clip
        default: return nil
        }
        (alertID, self.grade) = (String(parts[0][..<dash]), grade)
        guard !alertID.isEmpty, self.fileName == fileName else { return nil }
    }

    public var fileName: String { "\(alertID)-\(grade.rawValue).\(kind == .image ? "jpg" : "mp4")" }
}
