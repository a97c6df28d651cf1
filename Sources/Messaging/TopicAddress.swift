/// What a received topic says; the inverse of ``Topics``.
public struct TopicAddress: Hashable, Sendable {
    public enum Kind: Hashable, Sendable {
        case alert(grade: String, source: String)
        case status
        case sourceState(source: String)
        case metric
        case thumbnail(alertID: String)
        case gap
        case position
        case ack
        case command(verb: String)
    }

    public var site: String
    public var gateway: String
    /// Run of a replay; nil for the live tree.
    public var run: String?
    public var kind: Kind

    /// Nil for a topic that is none of ours.
    public init?(_ topic: String) {
        var levels = topic.split(separator: "/", omittingEmptySubsequences: false).map(String.init)[...]
        guard levels.count >= 5, levels.count <= 9, levels.removeFirst() == "shrike", levels.removeFirst() == "v1"
        else { return nil }
        site = levels.removeFirst()
        gateway = levels.removeFirst()
        if levels.first == "replay", levels.count > 2 {
            levels.removeFirst()
            run = levels.removeFirst()
        }
        switch Array(levels) {
        case ["status"]: kind = .status
        case ["metric"]: kind = .metric
        case ["gap"]: kind = .gap
        case ["position"]: kind = .position
        case ["ack"]: kind = .ack
        case let rest where rest.count == 2 && rest[0] == "cmd": kind = .command(verb: rest[1])
        case let rest where rest.count == 3 && rest[0] == "alert": kind = .alert(grade: rest[1], source: rest[2])
        case let rest where rest.count == 3 && rest[0] == "source" && rest[2] == "state":
            kind = .sourceState(source: rest[1])
        case let rest where rest.count == 3 && rest[0] == "evidence" && rest[2] == "thumb":
            kind = .thumbnail(alertID: rest[1])
        default: return nil
        }
    }
}
