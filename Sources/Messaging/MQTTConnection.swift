import CMosquitto
import Glibc

/// One attempt to connect and the connection that comes of it, over one libmosquitto handle.
///
/// Every connection has a handle of its own: libmosquitto would send again, unmarked, whatever a former connection left
/// unacknowledged, and hold it in memory without a limit; that is the outbox's work. The session's thread alone calls
/// everything but ``publish(_:)`` and ``subscribe(_:)``.
final class MQTTConnection: @unchecked Sendable {
    // Proof: `handle` never changes; libmosquitto guards it with its own locks after `mosquitto_threaded_set(true)`.
    // The handler is set before the handle can call back, and the callbacks run on the thread that runs the loop.
    enum Event {
        case answered(reasonCode: CInt, sessionPresent: Bool)
        case acknowledged(mid: CInt, reasonCode: CInt)
        case subscribed(mid: CInt, reasonCode: CInt)
        case received(MQTTMessage)
        case problem(String)
    }

    private let handle: OpaquePointer
    private let handler: @Sendable (Event) -> Void

    /// Prepares a connection; nothing is sent yet.
    init(
        _ configuration: MQTTSessionConfiguration, will: MQTTMessage?, handler: @escaping @Sendable (Event) -> Void
    ) throws(MosquittoFailure) {
        _ = libraryIsReady
        guard let handle = mosquitto_new(configuration.clientID, false, nil) else {
            throw MosquittoFailure(code: MOSQ_ERR_NOMEM.rawValue)
        }
        (self.handle, self.handler) = (handle, handler)
        mosquitto_user_data_set(handle, Unmanaged.passUnretained(self).toOpaque())
        try MosquittoFailure.check(mosquitto_int_option(handle, MOSQ_OPT_PROTOCOL_VERSION, MQTT_PROTOCOL_V5))
        let inFlight = CInt(min(max(configuration.inFlightMaximum, 1), 1000))
        try MosquittoFailure.check(mosquitto_int_option(handle, MOSQ_OPT_SEND_MAXIMUM, inFlight))
        try MosquittoFailure.check(mosquitto_int_option(handle, MOSQ_OPT_RECEIVE_MAXIMUM, inFlight))
        try MosquittoFailure.check(mosquitto_int_option(handle, MOSQ_OPT_TCP_NODELAY, 1))
        try MosquittoFailure.check(mosquitto_threaded_set(handle, true))
        if let user = configuration.address.username {
            try MosquittoFailure.check(
                mosquitto_username_pw_set(handle, user, configuration.address.password?.revealed))
        }
        if configuration.address.usesTLS { try useTLS(configuration.tls) }
        if let will { try set(will, delay: configuration.presence?.willDelay ?? .zero) }
        setCallbacks()
    }

    deinit { mosquitto_destroy(handle) }

    private func useTLS(_ tls: MQTTSessionConfiguration.TLS) throws(MosquittoFailure) {
        // The system's store is Debian's folder of hashed certificates. The callback keeps OpenSSL from asking for the
        // password of an encrypted key on a terminal.
        try MosquittoFailure.check(
            mosquitto_tls_set(
                handle, tls.authorityFile, tls.authorityFile == nil ? "/etc/ssl/certs" : nil, tls.certificateFile,
                tls.keyFile
            ) { _, _, _, _ in 0 })
        try MosquittoFailure.check(mosquitto_tls_opts_set(handle, 1, "tlsv1.2", nil))
        try MosquittoFailure.check(mosquitto_tls_insecure_set(handle, false))
    }

    private func set(_ will: MQTTMessage, delay: Duration) throws(MosquittoFailure) {
        var properties = MQTTPropertyList()
        let seconds = UInt32(clamping: delay.components.seconds)
        if seconds > 0 { try properties.add(MQTT_PROP_WILL_DELAY_INTERVAL, seconds) }
        try MosquittoFailure.check(
            mosquitto_will_set_v5(
                handle, will.topic, CInt(will.payload.count), will.payload, will.qualityOfService.rawValue,
                will.isRetained, properties.head))
        properties.handOver()
    }

    private func setCallbacks() {
        mosquitto_connect_v5_callback_set(handle) { _, context, code, flags, _ in
            MQTTConnection.notify(context, .answered(reasonCode: code, sessionPresent: flags & 1 == 1))
        }
        mosquitto_publish_v5_callback_set(handle) { _, context, mid, code, _ in
            MQTTConnection.notify(context, .acknowledged(mid: mid, reasonCode: code))
        }
        mosquitto_subscribe_v5_callback_set(handle) { _, context, mid, count, granted, _ in
            let code = count > 0 ? granted?.pointee ?? 0x80 : 0x80
            MQTTConnection.notify(context, .subscribed(mid: mid, reasonCode: code))
        }
        mosquitto_message_v5_callback_set(handle) { _, context, message, properties in
            guard let message = message.flatMap({ MQTTMessage($0.pointee, properties) }) else { return }
            MQTTConnection.notify(context, .received(message))
        }
        mosquitto_log_callback_set(handle) { _, context, level, text in
            guard level & (MOSQ_LOG_ERR | MOSQ_LOG_WARNING) != 0, let text else { return }
            MQTTConnection.notify(context, .problem(String(cString: text)))
        }
    }

    private static func notify(_ context: UnsafeMutableRawPointer?, _ event: Event) {
        guard let context else { return }
        Unmanaged<MQTTConnection>.fromOpaque(context).takeUnretainedValue().handler(event)
    }

    /// Opens the socket and sends CONNECT; blocks while names are resolved and TCP connects.
    func open(_ configuration: MQTTSessionConfiguration) throws(MosquittoFailure) {
        var properties = MQTTPropertyList()
        try properties.add(
            MQTT_PROP_SESSION_EXPIRY_INTERVAL, UInt32(clamping: configuration.sessionExpiry.components.seconds))
        // libmosquitto probes after what it is told and gives up after as much again.
        let keepAlive = CInt(min(max(configuration.keepAlive.components.seconds * 3 / 4, 5), 65_535))
        try MosquittoFailure.check(
            mosquitto_connect_bind_v5(
                handle, configuration.address.host, CInt(configuration.address.port), keepAlive, nil, properties.head))
    }

    /// Reads and writes for at most `milliseconds`.
    func run(milliseconds: CInt) throws(MosquittoFailure) {
        try MosquittoFailure.check(mosquitto_loop(handle, milliseconds, 1))
    }

    /// Sends DISCONNECT. The broker then drops the will.
    func close(endingSession: Bool) {
        var properties = MQTTPropertyList()
        if endingSession { try? properties.add(MQTT_PROP_SESSION_EXPIRY_INTERVAL, 0) }
        mosquitto_disconnect_v5(handle, 0, properties.head)
    }

    /// - Returns: the number that the acknowledgement will carry.
    func publish(_ message: MQTTMessage) throws(MosquittoFailure) -> CInt {
        let properties = try MQTTPropertyList(of: message)
        var mid: CInt = 0
        try MosquittoFailure.check(
            mosquitto_publish_v5(
                handle, &mid, message.topic, CInt(clamping: message.payload.count), message.payload,
                message.qualityOfService.rawValue, message.isRetained, properties.head))
        return mid
    }

    func subscribe(_ filter: String) throws(MosquittoFailure) -> CInt {
        var mid: CInt = 0
        try MosquittoFailure.check(mosquitto_subscribe_v5(handle, &mid, filter, 1, 0, nil))
        return mid
    }
}

/// Set up once for the process; never torn down, because a thread may still be inside at exit.
private let libraryIsReady: Bool = {
    // OpenSSL writes to a connection that the broker closed; the default action would end the process.
    signal(SIGPIPE, SIG_IGN)
    return mosquitto_lib_init() == MOSQ_ERR_SUCCESS.rawValue
}()

extension MQTTMessage {
    fileprivate init?(_ message: mosquitto_message, _ properties: OpaquePointer?) {
        guard let topic = message.topic else { return nil }
        let bytes = UnsafeRawBufferPointer(start: message.payload, count: max(0, Int(message.payloadlen)))
        self.init(
            topic: String(cString: topic), payload: message.payload == nil ? [] : Array(bytes),
            qualityOfService: QualityOfService(rawValue: message.qos) ?? .atLeastOnce, isRetained: message.retain,
            contentType: MQTTPropertyList.text(MQTT_PROP_CONTENT_TYPE, in: properties),
            userProperties: MQTTPropertyList.userProperties(in: properties),
            responseTopic: MQTTPropertyList.text(MQTT_PROP_RESPONSE_TOPIC, in: properties),
            correlationData: MQTTPropertyList.bytes(MQTT_PROP_CORRELATION_DATA, in: properties),
            expirySeconds: MQTTPropertyList.number(MQTT_PROP_MESSAGE_EXPIRY_INTERVAL, in: properties))
    }
}
