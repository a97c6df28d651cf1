/// Whose stream of alerts a message speaks of, and on which clock.
public struct StreamOrigin: Hashable, Sendable {
    public var site: String
    public var gateway: String
    public var bootID: String

    public init(site: String, gateway: String, bootID: String) {
        (self.site, self.gateway, self.bootID) = (site, gateway, bootID)
    }
}
