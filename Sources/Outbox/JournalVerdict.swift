/// What came of checking a record of decisions.
public enum JournalVerdict: Hashable, Sendable {
    /// Every entry is as it was written; the hash is that of the last one.
    case intact(first: Int64, last: Int64, hash: String)
    /// The first entry that is not as it was written; `place` names the line or row.
    case broken(entry: Int64, place: String, reason: String)
}
