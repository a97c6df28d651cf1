/// Addresses of cameras and brokers may carry user and password; this gives the form that may be shown.
public enum RedactedAddress {
    /// The address without user information and query: `rtsp://user:pw@host/x?token=1` becomes `rtsp://host/x?…`.
    ///
    /// A password may hold `/`, `#` or `?` unescaped. Whatever precedes the last `@` is taken as secret; where a `?`
    /// stands before that `@` nobody can tell password from query, and only the scheme is shown.
    public static func redact(_ address: String) -> String {
        guard let scheme = address.firstRange(of: "://") else { return address }
        let prefix = address[..<scheme.upperBound]
        let rest = address[scheme.upperBound...]
        let at = rest.lastIndex(of: "@")
        let query = rest.firstIndex(of: "?")
        if let at, let query, query < at { return prefix + "…" }
        let visible = rest[(at.map { rest.index(after: $0) } ?? rest.startIndex)..<(query ?? rest.endIndex)]
        return prefix + visible + (query == nil ? "" : "?…")
    }
}
