import CHTTP
import Foundation

/// HTTP over libcurl, one request at a time on the caller's thread.
///
/// Blocks; never called on the cooperative pool.
final class HTTPSession {
    private let session: OpaquePointer
    private let caFile: String?
    private let isCancelled: @Sendable () -> Bool

    /// Answers that are kept in memory are this long at most.
    static let maximumBodyBytes = 4 << 20
    private static let maximumHeaders = 200

    init(caFile: String?, isCancelled: @escaping @Sendable () -> Bool) throws(RegistryError) {
        guard let session = chttp_open() else {
            throw RegistryError("no memory for a connection", at: "libcurl", remedy: "free memory")
        }
        (self.session, self.caFile, self.isCancelled) = (session, caFile, isCancelled)
    }

    deinit { chttp_close(session) }

    /// What the callbacks of one transfer write to.
    private final class Transfer {
        var headers: [String: String] = [:]
        var status = 0
        var body = Data()
        var problem: (any Error)?
        var take: ((Int, [String: String], Data) throws -> Bool)?
        var progress: ((Int64) -> Void)?
        var isCancelled: @Sendable () -> Bool = { false }
    }

    /// Sends a request and waits for the answer.
    ///
    /// - Parameter take: takes a piece of the body, told the status and headers; false keeps the piece in the answer's body.
    /// - Throws: ``RegistryError``, or what `take` throws.
    func send(
        _ request: HTTPRequest, progress: ((Int64) -> Void)? = nil,
        take: ((Int, [String: String], Data) throws -> Bool)? = nil
    ) throws -> HTTPAnswer {
        let transfer = Transfer()
        (transfer.take, transfer.progress, transfer.isCancelled) = (take, progress, isCancelled)
        var status = 0
        var words = [CChar](repeating: 0, count: Int(CHTTP_ERROR_SIZE))
        let result = perform(request, transfer, &status, &words)
        if isCancelled() { throw CancellationError() }
        if let problem = transfer.problem { throw problem }
        guard result == CHTTP_DONE else {
            throw failure(
                result, String(decoding: words.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self), request
            )
        }
        return HTTPAnswer(status: status, headers: transfer.headers, body: transfer.body)
    }

    private func perform(
        _ request: HTTPRequest, _ transfer: Transfer, _ status: inout Int, _ words: inout [CChar]
    ) -> chttp_result {
        var raw = chttp_request()
        raw.context = Unmanaged.passUnretained(transfer).toOpaque()
        raw.on_header = { context, line, size in
            guard let context, let line else { return 1 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            HTTPSession.header(
                String(decoding: UnsafeRawBufferPointer(start: line, count: size), as: UTF8.self), transfer)
            return transfer.headers.count > HTTPSession.maximumHeaders ? 1 : 0
        }
        raw.on_data = { context, bytes, size in
            guard let context, let bytes else { return 1 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            return HTTPSession.piece(Data(bytes: bytes, count: size), transfer)
        }
        raw.on_progress = { context, sent in
            guard let context else { return 1 }
            let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
            transfer.progress?(sent)
            return transfer.isCancelled() ? 1 : 0
        }
        let lines = request.headers.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" } + ["Expect:"]
        return withCStrings(lines) { headers in
            withOptionalCString(caFile) { caFile in
                request.method.withCString { method in
                    request.url.withCString { url in
                        (raw.headers, raw.ca_file, raw.method, raw.url) = (headers, caFile, method, url)
                        return withBody(request.body, &raw) { raw in
                            var code = 0
                            let result = chttp_perform(session, &raw, &code, &words)
                            status = code
                            return result
                        }
                    }
                }
            }
        }
    }

    private func withBody(
        _ body: HTTPRequest.Body, _ raw: inout chttp_request, _ send: (inout chttp_request) -> chttp_result
    ) -> chttp_result {
        raw.body_file = -1
        switch body {
        case .none:
            raw.body_size = -1
            return send(&raw)
        case .data(let bytes):
            raw.body_size = Int64(bytes.count)
            return bytes.withUnsafeBytes { buffer in
                raw.body = buffer.baseAddress
                return send(&raw)
            }
        case .file(let file, let size):
            (raw.body_file, raw.body_size) = (file, size)
            return send(&raw)
        }
    }

    private static func header(_ line: String, _ transfer: Transfer) {
        if line.hasPrefix("HTTP/") {
            transfer.headers = [:]
            transfer.status = line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return
        }
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespacesAndNewlines)
        transfer.headers[line[..<colon].lowercased()] = value
    }

    private static func piece(_ bytes: Data, _ transfer: Transfer) -> Int32 {
        do {
            if let take = transfer.take, try take(transfer.status, transfer.headers, bytes) { return 0 }
        } catch {
            transfer.problem = error
            return 1
        }
        transfer.body.append(bytes)
        return transfer.body.count > maximumBodyBytes ? 1 : 0
    }

    private func failure(_ result: chttp_result, _ words: String, _ request: HTTPRequest) -> RegistryError {
        let place = HTTPSession.place(request.url)
        return switch result {
        case CHTTP_UNTRUSTED:
            RegistryError(
                "the registry's certificate is not trusted (\(words))", at: place,
                remedy: "name the authority that signed it with --ca-file")
        case CHTTP_UNREACHABLE:
            RegistryError(
                "the registry cannot be reached (\(words))", at: place, remedy: "check address and network",
                isTransient: true)
        case CHTTP_BROKEN:
            RegistryError(
                "the connection broke (\(words))", at: place,
                remedy: "try again; what arrived is kept", isTransient: true)
        case CHTTP_STOPPED:
            RegistryError("the registry's answer is too long", at: place, remedy: "is this a registry?")
        default: RegistryError("the request failed (\(words))", at: place, remedy: "check the address")
        }
    }

    /// A URL without its query, which may hold what is not for logs.
    static func place(_ url: String) -> String { String(url.prefix { $0 != "?" }) }
}

private func withOptionalCString<R>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
    guard let text else { return body(nil) }
    return text.withCString { body($0) }
}

private func withCStrings<R>(_ texts: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>) -> R) -> R {
    let copies = texts.map { strdup($0) }
    defer { for copy in copies { free(copy) } }
    var pointers: [UnsafePointer<CChar>?] = copies.map { $0.map { UnsafePointer($0) } }
    pointers.append(nil)
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
}
