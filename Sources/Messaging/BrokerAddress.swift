import Foundation

/// Where a broker is: `mqtt://[user[:password]@]host[:port]`, or `mqtts://` for TLS. The text of this value has no secret.
public struct BrokerAddress: Hashable, Sendable, CustomStringConvertible {
    public var host: String
    public var port: UInt16
    public var usesTLS: Bool
    public var username: String?
    public var password: Secret?

    public init(
        host: String, port: UInt16, usesTLS: Bool = false, username: String? = nil, password: Secret? = nil
    ) {
        (self.host, self.port, self.usesTLS) = (host, port, usesTLS)
        (self.username, self.password) = (username, password)
    }

    /// Reads an address. The ports default to 1883 and 8883; user and password may be percent-encoded, and whatever
    /// precedes the last `@` belongs to them.
    ///
    /// - Throws: ``MessagingError`` `.configuration`, without any part of user or password.
    public init(parsing text: String) throws(MessagingError) {
        func refused(_ what: String) -> MessagingError {
            MessagingError(
                .configuration, "no usable broker address: \(what)", at: "broker",
                remedy: "write mqtt://host:1883 or mqtts://user:password@host:8883")
        }
        guard text.utf8.count <= 2048 else { throw refused("longer than 2048 bytes") }
        guard let scheme = text.range(of: "://") else { throw refused("it does not begin with mqtt:// or mqtts://") }
        switch text[..<scheme.lowerBound].lowercased() {
        case "mqtt": usesTLS = false
        case "mqtts": usesTLS = true
        default: throw refused("it does not begin with mqtt:// or mqtts://")
        }
        var rest = text[scheme.upperBound...]
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let user = parts.first.flatMap({ String($0).removingPercentEncoding }), !user.isEmpty
            else { throw refused("the user name is empty or wrongly percent-encoded") }
            username = user
            if parts.count == 2 {
                guard let text = String(parts[1]).removingPercentEncoding
                else { throw refused("the password is wrongly percent-encoded") }
                password = Secret(text)
            }
            guard user.utf8.count <= 1024, (password?.revealed.utf8.count ?? 0) <= 1024, !user.contains("\0"),
                password?.revealed.contains("\0") != true
            else { throw refused("user name or password is too long or holds a NUL") }
            rest = rest[rest.index(after: at)...]
        }
        if rest.hasSuffix("/") { rest = rest.dropLast() }
        var portText: Substring?
        if rest.first == "[" {
            guard let end = rest.firstIndex(of: "]") else { throw refused("the [ of an IPv6 address is not closed") }
            host = String(rest[rest.index(after: rest.startIndex)..<end])
            let tail = rest[rest.index(after: end)...]
            guard tail.isEmpty || tail.first == ":" else { throw refused("something other than a port follows ]") }
            portText = tail.isEmpty ? nil : tail.dropFirst()
            guard host.contains(":"), host.allSatisfy({ $0.isHexDigit || $0 == ":" || $0 == "." || $0 == "%" })
            else { throw refused("no IPv6 address between [ and ]") }
        } else {
            let parts = rest.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count <= 2 else { throw refused("more than one colon after the host; put IPv6 in [ ]") }
            host = String(parts[0])
            portText = parts.count == 2 ? parts[1] : nil
            guard !host.isEmpty, host.utf8.count <= 253,
                host.utf8.allSatisfy({ c in
                    (48...57).contains(c) || (65...90).contains(c) || (97...122).contains(c) || c == 45 || c == 46
                        || c == 95
                })
            else { throw refused("the host may hold letters, digits, '-', '.' and '_' only") }
        }
        if let portText {
            guard let number = UInt16(portText), number > 0, portText.utf8.allSatisfy({ (48...57).contains($0) })
            else { throw refused("the port is not a number from 1 to 65535") }
            port = number
        } else {
            port = usesTLS ? 8883 : 1883
        }
    }

    /// Address without user and password.
    public var description: String {
        "\(usesTLS ? "mqtts" : "mqtt")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
