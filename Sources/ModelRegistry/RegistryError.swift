/// Why a registry could not be used: what, where, and what to do. Never holds credentials.
public struct RegistryError: Error, Hashable, Sendable, CustomStringConvertible {
    public var what: String
    public var place: String
    public var remedy: String
    /// Whether trying again may help: the connection broke, or the registry was busy.
    var isTransient = false

    init(_ what: String, at place: String, remedy: String, isTransient: Bool = false) {
        (self.what, self.place, self.remedy, self.isTransient) = (what, place, remedy, isTransient)
    }

    public var description: String { "\(what): \(place); \(remedy)" }
}
