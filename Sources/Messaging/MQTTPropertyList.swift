import CMosquitto
import Glibc

/// libmosquitto's linked list of MQTT 5 properties, freed when this value goes.
struct MQTTPropertyList: ~Copyable {
    private(set) var head: OpaquePointer?

    init() {}

    init(of message: MQTTMessage) throws(MosquittoFailure) {
        if let contentType = message.contentType {
            try MosquittoFailure.check(
                mosquitto_property_add_string(&head, CInt(MQTT_PROP_CONTENT_TYPE.rawValue), contentType))
        }
        if let topic = message.responseTopic {
            try MosquittoFailure.check(
                mosquitto_property_add_string(&head, CInt(MQTT_PROP_RESPONSE_TOPIC.rawValue), topic))
        }
        if let data = message.correlationData {
            try MosquittoFailure.check(
                mosquitto_property_add_binary(
                    &head, CInt(MQTT_PROP_CORRELATION_DATA.rawValue), data, UInt16(clamping: data.count)))
        }
        if let seconds = message.expirySeconds { try add(MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, seconds) }
        for property in message.userProperties {
            try MosquittoFailure.check(
                mosquitto_property_add_string_pair(
                    &head, CInt(MQTT_PROP_USER_PROPERTY.rawValue), property.name, property.value))
        }
    }

    mutating func add(_ property: mqtt5_property, _ value: UInt32) throws(MosquittoFailure) {
        try MosquittoFailure.check(mosquitto_property_add_int32(&head, CInt(property.rawValue), value))
    }

    mutating func add(_ property: mqtt5_property, short value: UInt16) throws(MosquittoFailure) {
        try MosquittoFailure.check(mosquitto_property_add_int16(&head, CInt(property.rawValue), value))
    }

    /// Gives the list away to a function that frees it itself.
    mutating func handOver() { head = nil }

    deinit {
        var list = head
        mosquitto_property_free_all(&list)
    }

    static func text(_ property: mqtt5_property, in list: OpaquePointer?) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard list != nil, mosquitto_property_read_string(list, CInt(property.rawValue), &text, false) != nil, let text
        else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    static func bytes(_ property: mqtt5_property, in list: OpaquePointer?) -> [UInt8]? {
        var data: UnsafeMutableRawPointer?
        var count: UInt16 = 0
        guard list != nil, mosquitto_property_read_binary(list, CInt(property.rawValue), &data, &count, false) != nil
        else { return nil }
        defer { free(data) }
        return data.map { Array(UnsafeRawBufferPointer(start: $0, count: Int(count))) } ?? []
    }

    static func number(_ property: mqtt5_property, in list: OpaquePointer?) -> UInt32? {
        var value: UInt32 = 0
        guard list != nil, mosquitto_property_read_int32(list, CInt(property.rawValue), &value, false) != nil else {
            return nil
        }
        return value
    }

    /// At most 64 are read: who sent them is not known.
    static func userProperties(in list: OpaquePointer?) -> [MQTTMessage.UserProperty] {
        var found: [MQTTMessage.UserProperty] = []
        var position = list
        while let current = position, found.count < 64 {
            var name: UnsafeMutablePointer<CChar>?
            var value: UnsafeMutablePointer<CChar>?
            position = mosquitto_property_read_string_pair(
                current, CInt(MQTT_PROP_USER_PROPERTY.rawValue), &name, &value, !found.isEmpty)
            if position != nil, let name, let value {
                found.append(.init(String(cString: name), String(cString: value)))
            }
            free(name)
            free(value)
        }
        return found
    }
}
