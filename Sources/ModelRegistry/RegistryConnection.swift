import Foundation
import Integrity
import ShrikeCore

/// Requests to one registry: signs in where it asks, follows redirects of downloads, tries again where that may help.
///
/// Blocks; never called on the cooperative pool.
final class RegistryConnection {
    let address: RegistryAddress
    private let http: HTTPSession
    private let credentials: RegistryCredentials?
    private var authorization: String?
    private let pushes: Bool

    private static let maximumRedirects = 5

    init(
        _ address: RegistryAddress, pushes: Bool, credentials: RegistryCredentials?, caFile: String?,
        isCancelled: @escaping @Sendable () -> Bool
    ) throws(RegistryError) {
        (self.address, self.pushes, self.credentials) = (address, pushes, credentials)
        http = try HTTPSession(caFile: caFile, isCancelled: isCancelled)
    }

    /// Sends a request to the registry, signing in first where it asks for it.
    func send(
        _ request: HTTPRequest, progress: ((Int64) -> Void)? = nil,
        take: ((Int, [String: String], Data) throws -> Bool)? = nil
    ) throws -> HTTPAnswer {
        var answer = try sendOnce(request, progress: progress, take: take)
        if answer.status == 401 {
            try signIn(answer)
            answer = try sendOnce(request, progress: progress, take: take)
        }
        if answer.status == 401 || answer.status == 403 {
            throw RegistryError(
                "the registry refuses access (\(answer.status))", at: "\(address)",
                remedy: credentials == nil
                    ? "name a user: --user and --password-file, or `docker login`" : "check user, password and rights")
        }
        if answer.status == 429 || answer.status >= 500 {
            throw RegistryError(
                "the registry answers \(answer.status)", at: "\(address)", remedy: "try again later", isTransient: true)
        }
        return answer
    }

    private func sendOnce(
        _ request: HTTPRequest, progress: ((Int64) -> Void)?, take: ((Int, [String: String], Data) throws -> Bool)?
    ) throws -> HTTPAnswer {
        var request = request
        request.headers["Authorization"] = authorization
        for _ in 0..<Self.maximumRedirects {
            let answer = try http.send(request, progress: progress, take: take)
            guard [301, 302, 303, 307, 308].contains(answer.status),
                request.method == "GET" || request.method == "HEAD",
                let location = answer.headers["location"]
            else { return answer }
            let target = try absolute(location, from: request.url)
            // Storage elsewhere gets no credentials of the registry.
            if !Self.isSameOrigin(target, request.url) { request.headers["Authorization"] = nil }
            request.url = target
        }
        throw RegistryError("too many redirects", at: "\(address)", remedy: "is this a registry?")
    }

    /// Resolves a `Location`; TLS is never left.
    func absolute(_ location: String, from url: String) throws(RegistryError) -> String {
        guard let target = URL(string: location, relativeTo: URL(string: url))?.absoluteURL,
            let scheme = target.scheme?.lowercased(), scheme == "https" || scheme == address.scheme
        else {
            throw RegistryError(
                "the registry points to an address that is not taken", at: "\(address)",
                remedy: "use a registry that answers over https throughout")
        }
        return target.absoluteString
    }

    static func isSameOrigin(_ a: String, _ b: String) -> Bool {
        guard let a = URL(string: a), let b = URL(string: b) else { return false }
        return a.scheme == b.scheme && a.host() == b.host() && a.port == b.port
    }

    private func signIn(_ answer: HTTPAnswer) throws {
        switch answer.headers["www-authenticate"].flatMap({ AuthChallenge($0) }) {
        case .basic?: authorization = credentials?.basic
        case .bearer(let realm, let service, let scope)?:
            authorization = "Bearer " + (try token(realm: realm, service: service, scope: scope))
        case nil: break
        }
    }

    /// A token of the registry's token server (distribution spec, token authentication).
    private func token(realm: String, service: String?, scope: String?) throws -> String {
        let actions = pushes ? "pull,push" : "pull"
        var components = URLComponents(string: realm)
        let scheme = components?.scheme
        guard scheme == "https" || scheme == address.scheme else {
            throw RegistryError(
                "the token server is not reached over https", at: HTTPSession.place(realm),
                remedy: "use a registry whose token server has a certificate")
        }
        var items = components?.queryItems ?? []
        if let service { items.append(URLQueryItem(name: "service", value: service)) }
        items.append(URLQueryItem(name: "scope", value: scope ?? "repository:\(address.repository):\(actions)"))
        components?.queryItems = items
        guard let url = components?.url?.absoluteString else {
            throw RegistryError("bad token server", at: "\(address)", remedy: "is this a registry?")
        }
        var headers = ["Accept": "application/json"]
        headers["Authorization"] = credentials?.basic
        let answer = try http.send(HTTPRequest(method: "GET", url: url, headers: headers))
        guard answer.status == 200, let document = try? JSONValue(parsing: answer.body),
            let token = document["token"]?.stringValue ?? document["access_token"]?.stringValue,
            token.utf8.count < 65_536,
            !token.contains(where: \.isNewline)
        else {
            throw RegistryError(
                "the token server refuses access (\(answer.status))", at: HTTPSession.place(realm),
                remedy: "check user, password and rights")
        }
        return token
    }

    /// Runs work again while it fails for passing reasons; work that gets further each time is not counted.
    ///
    /// - Parameter progress: a number that grows with what is done, asked after each failure.
    func retrying<R>(progress: () -> Int64, isCancelled: () -> Bool, work: () throws -> R) throws -> R {
        var failures = 0
        var last = progress()
        while true {
            do { return try work() } catch let error as RegistryError where error.isTransient {
                let now = progress()
                failures = now > last ? 1 : failures + 1
                last = now
                if failures >= Self.maximumFailures { throw error }
                try Self.pause(seconds: min(5, 0.1 * Double(1 << min(failures, 10))), isCancelled: isCancelled)
            }
        }
    }

    /// Attempts without any progress.
    private static let maximumFailures = 6

    private static func pause(seconds: Double, isCancelled: () -> Bool) throws {
        let end = Date(timeIntervalSinceNow: seconds)
        while Date() < end {
            if isCancelled() { throw CancellationError() }
            Thread.sleep(forTimeInterval: min(0.05, seconds))
        }
    }
}
