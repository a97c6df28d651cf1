/// The parts of an `rtsp://` address that are not secret.
struct RTSPAddress: Hashable {
    var isEncrypted: Bool
    var host: String
    var port: UInt16
    /// Path and query, beginning with `/`.
    var path: String
    var hasCredentials: Bool

    init?(_ text: String) {
        guard let scheme = text.firstRange(of: "://"), text.utf8.count <= 2048,
            !text.utf8.contains(where: { $0 <= 32 || $0 == 127 })
        else { return nil }
        switch text[..<scheme.lowerBound].lowercased() {
        case "rtsp": isEncrypted = false
        case "rtsps": isEncrypted = true
        default: return nil
        }
        let rest = text[scheme.upperBound...]
        let end = rest.firstIndex { "/?#".contains($0) } ?? rest.endIndex
        var authority = rest[..<end]
        path = rest[end...].hasPrefix("/") ? String(rest[end...]) : "/" + rest[end...]
        hasCredentials = false
        if let at = authority.lastIndex(of: "@") {
            hasCredentials = true
            authority = authority[authority.index(after: at)...]
        }
        port = isEncrypted ? 322 : 554
        let afterHost = authority.lastIndex(of: "]") ?? authority.startIndex
        if let colon = authority[afterHost...].lastIndex(of: ":") {
            guard let number = UInt16(authority[authority.index(after: colon)...]), number > 0 else { return nil }
            port = number
            authority = authority[..<colon]
        }
        host =
            authority.hasPrefix("[") && authority.hasSuffix("]")
            ? String(authority.dropFirst().dropLast()) : String(authority)
        guard !host.isEmpty else { return nil }
    }

    /// Without user name and password, as the request line needs it.
    var plain: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return "\(isEncrypted ? "rtsps" : "rtsp")://\(name):\(port)\(path)"
    }
}
