public import ShrikeCore

/// An order as it is sent (schema `shrike.command/1`).
public struct Command: Hashable, Sendable {
    public static let schema = "shrike.command/1"
    /// Longest time between sending and carrying out.
    public static let maximumExpirySeconds: UInt32 = 60
    public static let maximumBytes = 64 << 10

    public var id: String
    public var order: Order
    public var issuedAt: Timestamp
    /// Which gateway is meant; a signed order must say.
    public var site: String?
    public var gateway: String?
    /// Who gives it.
    public var by: String?
    public var signature: String?

    public init(
        id: String, order: Order, issuedAt: Timestamp, site: String? = nil, gateway: String? = nil, by: String? = nil
    ) {
        (self.id, self.order, self.issuedAt) = (id, order, issuedAt)
        (self.site, self.gateway, self.by) = (site, gateway, by)
    }

    public var json: JSONValue {
        var pairs = unsigned.objectValue ?? [:]
        if let signature { pairs["signature"] = .string(signature) }
        return .object(pairs)
    }

    /// The bytes that a signature is over: the canonical text of the document without the signature.
    public var signedBytes: [UInt8] { Array(unsigned.canonicalText.utf8) }

    private var unsigned: JSONValue {
        .object(compacting: [
            "schema": .string(Self.schema), "cmd_id": .string(id), "verb": .string(order.verb),
            "issued_at": .string(issuedAt.rfc3339), "site": site.map { .string($0) },
            "gateway": gateway.map { .string($0) }, "by": by.map { .string($0) }, "arguments": order.arguments,
        ])
    }

    /// Nil where the document is no order, or holds anything that an order does not.
    public init?(_ document: JSONValue) {
        guard let pairs = document.objectValue,
            Set(pairs.keys).isSubset(of: [
                "schema", "cmd_id", "verb", "issued_at", "site", "gateway", "by", "arguments", "signature",
            ]), pairs["schema"]?.stringValue == Self.schema, let id = pairs["cmd_id"]?.stringValue, Self.isID(id),
            let verb = pairs["verb"]?.stringValue,
            let issuedAt = pairs["issued_at"]?.stringValue.flatMap({ Timestamp(rfc3339: $0) }),
            let order = Order(verb: verb, arguments: pairs["arguments"] ?? .object([:])),
            ["site", "gateway", "by", "signature"].allSatisfy({ key in
                pairs[key].map { ($0.stringValue?.utf8.count).map { (1...256).contains($0) } ?? false } ?? true
            }), pairs["by"]?.stringValue?.utf8.count ?? 1 <= 128
        else { return nil }
        self.init(
            id: id, order: order, issuedAt: issuedAt, site: pairs["site"]?.stringValue,
            gateway: pairs["gateway"]?.stringValue, by: pairs["by"]?.stringValue)
        signature = pairs["signature"]?.stringValue
        // What was signed must be what is carried out.
        var received = pairs
        received["signature"] = nil
        received["arguments"] = pairs["arguments"] ?? order.arguments
        guard JSONValue.object(received).canonicalText == unsigned.canonicalText else { return nil }
    }

    /// Whether the text can be the id of an order: 8 to 64 letters, digits, `-`, `_`, `.`.
    public static func isID(_ text: String) -> Bool { (8...64).contains(text.utf8.count) && Topics.isName(text) }
}
