import ShrikeCore

/// How a stored alert becomes a message.
enum RelayMessage {
    /// The alert's document with `attempt` and `resend` of this attempt; user properties repeat what routes and
    /// de-duplicates it.
    static func alert(_ item: RelayItem) -> MQTTMessage {
        let isResend = item.attempts > 0
        var payload = Array(item.payload.utf8)
        if var fields = (try? JSONValue(parsing: payload))?.objectValue {
            fields["resend"] = .bool(isResend)
            fields["attempt"] = .integer(Int64(item.attempts) + 1)
            payload = Array(JSONValue.object(fields).canonicalText.utf8)
        }
        return MQTTMessage(
            topic: item.topic, payload: payload, contentType: "application/json",
            userProperties: [
                .init("schema", Alert.schema), .init("alert_id", item.alertID), .init("seq", String(item.sequence)),
                .init("resend", isResend ? "true" : "false"),
            ])
    }
}
