import CMosquitto

/// A status code of libmosquitto other than success.
struct MosquittoFailure: Error, Hashable {
    let code: CInt

    var text: String { String(cString: mosquitto_strerror(code)) }

    static func check(_ code: CInt) throws(MosquittoFailure) {
        if code != MOSQ_ERR_SUCCESS.rawValue { throw MosquittoFailure(code: code) }
    }

    func isKind(_ kind: mosq_err_t) -> Bool { code == kind.rawValue }
}
