public import ShrikeCore

/// Which alerts a subscriber wants; nil or empty means all.
public struct AlertFilter: Hashable, Sendable {
    public var site: String?
    public var gateway: String?
    public var classes: Set<String>
    public var grades: Set<Grade>
    /// Alerts of replays besides the live ones.
    public var includesReplays: Bool
    /// Whether gateways are online.
    public var includesStatus: Bool
    /// What proves that nothing is missing: announced losses and positions.
    public var includesProof: Bool

    /// - Throws: ``MessagingError`` `.configuration` where site or gateway is no name.
    public init(
        site: String? = nil, gateway: String? = nil, classes: Set<String> = [], grades: Set<Grade> = [],
        includesReplays: Bool = false, includesStatus: Bool = false, includesProof: Bool = false
    ) throws(MessagingError) {
        _ = try Topics(site: site ?? "any", gateway: gateway ?? "any")
        (self.site, self.gateway, self.classes, self.grades) = (site, gateway, classes, grades)
        (self.includesReplays, self.includesStatus) = (includesReplays, includesStatus)
        self.includesProof = includesProof
    }

    /// MQTT topic filters that together cover what is wanted; no two of them match one topic.
    public var topicFilters: [String] {
        let root = "shrike/v1/\(site ?? "+")/\(gateway ?? "+")"
        let levels = grades.isEmpty ? ["+"] : grades.sorted().map(\.rawValue)
        var filters = levels.map { "\(root)/alert/\($0)/+" }
        if includesReplays { filters += levels.map { "\(root)/replay/+/alert/\($0)/+" } }
        if includesStatus { filters.append(root + "/status") }
        if includesProof {
            filters += [root + "/gap", root + "/position"]
            if includesReplays { filters += [root + "/replay/+/gap", root + "/replay/+/position"] }
        }
        return filters
    }

    func accepts(_ address: TopicAddress) -> Bool {
        guard site == nil || site == address.site, gateway == nil || gateway == address.gateway else { return false }
        switch address.kind {
        case .alert(let grade, _):
            let isWanted = grades.isEmpty || Grade(rawValue: grade).map(grades.contains) == true
            return isWanted && (address.run == nil || includesReplays)
        case .status: return includesStatus && address.run == nil
        case .gap, .position: return includesProof && (address.run == nil || includesReplays)
        default: return false
        }
    }
}
