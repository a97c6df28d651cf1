import Foundation
import ShrikeCore
import TestKit

/// Alerts as a subscriber that is not ours heard them.
struct HeardAlerts {
    /// In the order of arrival, duplicates included.
    let documents: [JSONValue]

    init(_ messages: [BrokerListener.Message]) throws {
        try self.init(messages.map(\.payload))
    }

    init(_ payloads: [String]) throws {
        documents = try payloads.map { try JSONValue(parsing: Array($0.utf8)) }
    }

    var ids: [String] { documents.compactMap { $0["alert_id"]?.stringValue } }

    var sequences: [Int64] { documents.compactMap { $0["seq"]?.integerValue } }

    /// Sequence numbers of so many alerts without a gap.
    static func numbers(_ count: Int) -> [Int64] { (0..<Int64(count)).map { $0 + 1 } }

    /// Ids that arrived again without being marked as sent again.
    var unmarkedDuplicates: [String] {
        var known: Set<String> = []
        return documents.compactMap { document in
            guard let id = document["alert_id"]?.stringValue else { return "an alert without id" }
            return known.insert(id).inserted || document["resend"]?.boolValue == true ? nil : id
        }
    }

    /// Pictures of new alerts that are absent from the folder, or are others than the alert says.
    func wrongPictures(in folder: String) async throws -> [String] {
        var wrong: [String] = []
        for document in documents where document["state"]?.stringValue == "new" {
            let id = document["alert_id"]?.stringValue ?? "?"
            guard let picture = document["evidence"]?.arrayValue?.first, let path = picture["path"]?.stringValue,
                let digest = picture["sha256"]?.stringValue
            else {
                wrong.append("\(id) names no picture")
                continue
            }
            let sum = try await ShrikeProcess.run([folder + "/" + path], program: "sha256sum")
            if sum.output.first?.hasPrefix(digest) != true { wrong.append("\(id): \(path)") }
        }
        return wrong
    }
}
