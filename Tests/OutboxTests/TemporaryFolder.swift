import Foundation

/// A folder that is removed with this value.
final class TemporaryFolder: Sendable {
    let path: String
    var database: String { path + "/outbox.db" }

    init() throws {
        path = FileManager.default.temporaryDirectory.appending(path: "shrike-outbox-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}
