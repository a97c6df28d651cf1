import Foundation

extension LabelReader {
    /// Decodes a label file.
    ///
    /// - Throws: ``EvaluationError`` with the line of broken JSON, or the element that is wrong.
    static func json<Document: Decodable>(
        _ file: URL, _ format: String, remedy: String
    ) throws(EvaluationError) -> Document {
        let data = try bytes(file)
        do {
            return try JSONDecoder().decode(Document.self, from: data)
        } catch {
            let (path, reason) = (error as? DecodingError).map(Self.place) ?? ("", "not understood")
            let place = path.isEmpty ? Self.line(data) ?? "" : path
            throw EvaluationError(
                "no \(format) labels (\(reason))", at: place.isEmpty ? file.path : "\(file.path): \(place)",
                remedy: remedy)
        }
    }

    /// Element or line, and reason.
    private static func place(of error: DecodingError) -> (place: String, reason: String) {
        func path(_ keys: [any CodingKey]) -> String {
            keys.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined(separator: ".")
        }
        switch error {
        case .keyNotFound(let key, let context): return (path(context.codingPath), "\(key.stringValue) is missing")
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return (path(context.codingPath), "wrong type")
        case .dataCorrupted(let context):
            return (path(context.codingPath), "no well-formed JSON")
        @unknown default: return ("", "not understood")
        }
    }

    /// Line of what is no JSON, from the position in Foundation's own words: "Invalid value around character 21."
    private static func line(_ data: Data) -> String? {
        do {
            _ = try JSONSerialization.jsonObject(with: data, options: [.fragmentsAllowed])
            return nil
        } catch {
            let details = (error as NSError).userInfo[NSDebugDescriptionErrorKey] as? String ?? ""
            let position = details.range(of: "character ").map { details[$0.upperBound...].prefix(while: \.isNumber) }
            let count = position.flatMap { Int($0) } ?? data.count
            return "line \(1 + data.prefix(count).count { $0 == 0x0A })"
        }
    }
}
