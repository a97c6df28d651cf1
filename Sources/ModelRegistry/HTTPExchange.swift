import Foundation

/// A request of the registry's API.
struct HTTPRequest {
    enum Body {
        case none
        case data(Data)
        /// An open file and its size.
        case file(Int32, Int64)
    }

    var method: String
    var url: String
    var headers: [String: String] = [:]
    var body = Body.none
}

/// An answer, its body kept only where nobody took it in pieces.
struct HTTPAnswer {
    var status: Int
    /// Names in lower case.
    var headers: [String: String]
    var body: Data
}
