public import Integrity

/// A place in a registry: `host[:port]/repository[:tag]` or `...@sha256:...`.
public struct RegistryAddress: Hashable, Sendable, CustomStringConvertible {
    /// `https`, or `http` where it is written out or the host is this machine's loopback.
    public var scheme: String
    /// With the port, where one is given.
    public var host: String
    public var repository: String
    public var tag: String?
    public var digest: SHA256Digest?

    /// Reads an address.
    ///
    /// - Throws: ``RegistryError`` telling the form.
    public init(_ text: String) throws(RegistryError) {
        func refuse(_ what: String) -> RegistryError {
            RegistryError(what, at: text, remedy: "write host[:port]/repository[:tag] or host/repository@sha256:...")
        }
        var rest = Substring(text)
        var spelled: String?
        for scheme in ["https", "http"] where rest.hasPrefix(scheme + "://") {
            spelled = scheme
            rest = rest.dropFirst(scheme.count + 3)
        }
        guard let slash = rest.firstIndex(of: "/") else { throw refuse("address names no repository") }
        host = rest[..<slash].lowercased()
        rest = rest[rest.index(after: slash)...]
        guard Self.isHost(host) else { throw refuse("'\(host)' is no host") }
        if let at = rest.firstIndex(of: "@") {
            guard let digest = SHA256Digest(String(rest[rest.index(after: at)...])) else {
                throw refuse("what stands behind @ is no sha256 digest")
            }
            self.digest = digest
            rest = rest[..<at]
        }
        if let colon = rest.lastIndex(of: ":") {
            let tag = String(rest[rest.index(after: colon)...])
            guard Self.isTag(tag) else { throw refuse("'\(tag)' is no tag") }
            self.tag = tag
            rest = rest[..<colon]
        }
        repository = String(rest)
        guard Self.isRepository(repository) else {
            throw refuse("'\(repository)' is no repository: lower-case letters, digits, '.', '_', '-' and '/'")
        }
        scheme = spelled ?? (Self.isLoopback(host) ? "http" : "https")
    }

    /// Without the scheme, as people write it.
    public var description: String {
        "\(host)/\(repository)" + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// Root of the repository's API.
    var root: String { "\(scheme)://\(host)/v2/\(repository)" }

    /// The tag under which a bundle is published where none is given: `name-version`.
    static func tag(name: String, version: String) -> String { String("\(name)-\(version)".prefix(128)) }

    private static func isHost(_ text: String) -> Bool {
        !text.isEmpty && !text.contains("@")
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || [45, 46, 58, 91, 93].contains($0)
            }
    }

    static func isLoopback(_ host: String) -> Bool {
        let name = host.hasPrefix("[") ? String(host.prefix { $0 != "]" }) + "]" : String(host.prefix { $0 != ":" })
        return name == "localhost" || name == "[::1]"
            || name.hasPrefix("127.") && name.utf8.allSatisfy { (48...57).contains($0) || $0 == 46 }
    }

    private static func isTag(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && !text.hasPrefix(".") && !text.hasPrefix("-")
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                    || [45, 46, 95].contains($0)
            }
    }

    private static func isRepository(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count)
            && text.split(separator: "/", omittingEmptySubsequences: false).allSatisfy { part in
                !part.isEmpty && part.first?.isLetter == true || part.first?.isNumber == true
            }
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (48...57).contains($0) || [45, 46, 47, 95].contains($0)
            }
    }
}
