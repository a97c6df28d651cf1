/// What a registry asks for before it answers: the `WWW-Authenticate` header (RFC 7235, RFC 6750).
enum AuthChallenge: Equatable {
    case basic
    /// A token from `realm` for `service`.
    case bearer(realm: String, service: String?, scope: String?)

    /// nil for schemes that are not taken.
    init?(_ header: String) {
        let (scheme, rest) = Self.split(header)
        switch scheme.lowercased() {
        case "basic": self = .basic
        case "bearer":
            let parameters = Self.parameters(rest)
            guard let realm = parameters["realm"] else { return nil }
            self = .bearer(realm: realm, service: parameters["service"], scope: parameters["scope"])
        default: return nil
        }
    }

    private static func split(_ text: String) -> (String, Substring) {
        let scheme = text.prefix { $0 != " " }
        return (String(scheme), text.dropFirst(scheme.count).drop { $0 == " " })
    }

    /// `key="value", key=value`.
    private static func parameters(_ text: Substring) -> [String: String] {
        var found: [String: String] = [:]
        var rest = text
        while let equals = rest.firstIndex(of: "="), found.count < 16 {
            let key = rest[..<equals].filter { $0 != " " && $0 != "," }.lowercased()
            rest = rest[rest.index(after: equals)...]
            let value: Substring
            if rest.first == "\"" {
                rest = rest.dropFirst()
                value = rest.prefix { $0 != "\"" }
                rest = rest.dropFirst(value.count + 1)
            } else {
                value = rest.prefix { $0 != "," }
                rest = rest.dropFirst(value.count)
            }
            found[key] = String(value)
        }
        return found
    }
}
