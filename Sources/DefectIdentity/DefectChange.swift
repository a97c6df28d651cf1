/// What became of one defect from one flight to the next.
public struct DefectChange: Hashable, Sendable {
    public enum Status: String, Sendable, CaseIterable {
        case new
        case grown
        case still
        /// Looked at again and not found.
        case gone
        /// Not found, and nothing says that the later flight looked there.
        case notSeenAgain = "not_seen_again"
    }

    /// Why a defect counts as grown.
    public enum Growth: String, Sendable {
        case grade
        case size
        case temperature
    }

    public var status: Status
    public var id: String
    public var before: DefectSighting?
    public var after: DefectSighting?
    /// Empty unless `status` is `grown`.
    public var growth: [Growth]
}
