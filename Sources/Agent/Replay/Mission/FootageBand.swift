/// Which light a camera sees.
enum FootageBand: String, Hashable, Sendable, Codable { case thermal, visible }
