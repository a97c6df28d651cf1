import ShrikeCore

/// How a stored alert becomes a message.
enum RelayMessage {
    /// The item's document with `attempt` and `resend` of this attempt; user properties repeat what routes and
    /// de-duplicates it, and where the stream stands (see ``AlertLedger``).
    static func message(_ item: RelayItem, position: StreamPosition) -> MQTTMessage {
        let isResend = item.attempts > 0
        var payload = Array(item.payload.utf8)
        var schema = item.isAnnouncement ? SequenceGap.schema : Alert.schema
        if var fields = (try? JSONValue(parsing: payload))?.objectValue {
            fields["resend"] = .bool(isResend)
            fields["attempt"] = .integer(Int64(item.attempts) + 1)
            schema = fields["schema"]?.stringValue ?? schema
            payload = Array(JSONValue.object(fields).canonicalText.utf8)
        }
        var properties: [MQTTMessage.UserProperty] = [.init("schema", schema)]
        if item.isAnnouncement {
            properties.append(.init("gap_id", item.alertID))
        } else {
            properties += [.init("alert_id", item.alertID), .init("seq", String(item.sequence))]
        }
        properties += [
            .init("resend", isResend ? "true" : "false"), .init("stream", position.stream),
            .init("oldest", String(position.oldest)),
        ]
        return MQTTMessage(
            topic: item.topic, payload: payload, contentType: "application/json", userProperties: properties)
    }
}
