/// Why a key file cannot be used: what it is and what to do. Never holds key material.
public struct KeyError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String

    init(_ description: String) { self.description = description }
}
