public import Foundation
public import ShrikeCore

/// What one step of one source leaves behind; stored whole or not at all.
public struct OutboxBatch: Sendable {
    public struct Entry: Sendable {
        /// Its sequence number is given when it is stored.
        public var alert: Alert
        public var topic: String

        public init(alert: Alert, topic: String) { (self.alert, self.topic) = (alert, topic) }
    }

    /// How far the source is, and the state of the stages that follow it (tracker, policy) at that frame.
    public struct Progress: Hashable, Sendable {
        public var cursor: FrameCursor
        /// Opaque to the outbox.
        public var snapshot: Data

        public init(cursor: FrameCursor, snapshot: Data = Data()) { (self.cursor, self.snapshot) = (cursor, snapshot) }
    }

    public var source: String
    /// In the order in which they get their sequence numbers.
    public var entries: [Entry]
    public var progress: Progress?
    /// Keys of files of a watched folder that are done with this batch; see ``Outbox/isProcessed(_:source:)``.
    public var processedFiles: [String]
    /// SHA-256 of the pixels that the alerts were decided on, for the record of decisions; nil where it was not computed.
    public var frameDigest: String?
    /// Alerts that somebody muted: they go into the record and nowhere else.
    public var muted: [Alert] = []

    public init(
        source: String, entries: [Entry] = [], progress: Progress? = nil, processedFiles: [String] = [],
        frameDigest: String? = nil
    ) {
        (self.source, self.entries, self.progress) = (source, entries, progress)
        (self.processedFiles, self.frameDigest) = (processedFiles, frameDigest)
    }
}
