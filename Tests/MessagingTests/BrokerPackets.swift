/// What a broker's log says of the packets of clients named `gw-...`.
struct BrokerPackets {
    private let lines: [Substring]

    init(_ log: String) {
        lines = log.split(separator: "\n").filter { $0.contains(" PUBLISH ") || $0.contains(" PUBACK to gw-") }
    }

    var received: Int { lines.count { $0.contains("Received PUBLISH from gw-") } }

    /// Messages that the client library sent again by itself.
    var repeatedByRelay: Int { lines.count { $0.contains("Received PUBLISH from gw-") && $0.contains("(d1,") } }

    func repeated(to client: String) -> Int { lines.count { $0.contains("Sending PUBLISH to \(client) (d1,") } }

    /// Whether the broker answered a message on this topic.
    func isAcknowledged(_ topic: String) -> Bool {
        lines.indices.contains { index in
            guard lines[index].contains("Received PUBLISH from gw-"), lines[index].contains("'\(topic)'"),
                let number = lines[index].split(separator: ", ").first(where: { $0.hasPrefix("m") })
            else { return false }
            return lines[index...].contains { $0.contains("Sending PUBACK to gw-") && $0.contains("(\(number),") }
        }
    }
}
