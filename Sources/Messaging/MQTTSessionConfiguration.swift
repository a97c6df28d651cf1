public import ShrikeCore

/// How to reach the broker and as whom.
public struct MQTTSessionConfiguration: Sendable {
    /// Files of a TLS connection, PEM. The broker's certificate and host name are always verified, TLS is at least 1.2.
    public struct TLS: Hashable, Sendable {
        /// Certificates to trust; nil trusts those of the system.
        public var authorityFile: String?
        /// The gateway's own certificate and key, both or none; the key is not encrypted.
        public var certificateFile: String?
        public var keyFile: String?

        public init(authorityFile: String? = nil, certificateFile: String? = nil, keyFile: String? = nil) {
            (self.authorityFile, self.certificateFile, self.keyFile) = (authorityFile, certificateFile, keyFile)
        }
    }

    /// A retained document that says whether we are online: published after each connect, and by the broker as our will.
    public struct Presence: Hashable, Sendable {
        public var topic: String
        /// Added to `online` and `connect_id`. The same id stands in the online document and in the will of one
        /// connection, so a will that comes late can be told.
        public var fields: [String: JSONValue]
        /// How long the broker waits for our return before it publishes the will.
        public var willDelay: Duration

        public init(topic: String, fields: [String: JSONValue] = [:], willDelay: Duration = .seconds(10)) {
            (self.topic, self.fields, self.willDelay) = (topic, fields, willDelay)
        }
    }

    public var address: BrokerAddress
    /// Names the session on the broker; two clients with one id throw each other out.
    public var clientID: String
    public var tls: TLS
    public var presence: Presence?
    /// A connection is probed after three quarters of this silence, and given up after one and a half of it. At least 7 s.
    public var keepAlive: Duration = .seconds(20)
    /// How long the broker keeps subscriptions and queued messages while we are away.
    public var sessionExpiry: Duration = .seconds(3600)
    /// Messages of quality of service 1 under way in each direction.
    public var inFlightMaximum = 20
    /// End the session with the connection when stopped, instead of leaving it to expire.
    public var endsSessionOnStop = false
    public var minimumRetryDelay: Duration = .milliseconds(100)
    public var maximumRetryDelay: Duration = .seconds(60)
    /// Least delay after refused credentials.
    public var refusedRetryDelay: Duration = .seconds(5)

    public init(address: BrokerAddress, clientID: String, tls: TLS = TLS(), presence: Presence? = nil) {
        (self.address, self.clientID, self.tls, self.presence) = (address, clientID, tls, presence)
    }
}
