import FrameSources
import ShrikeCore

/// Opens sources as addresses in configurations and on the command line name them; adds `watch:FOLDER`.
enum FootageOpener {
    static let watchPrefix = "watch:"

    static func isWatched(_ address: String) -> Bool { address.hasPrefix(watchPrefix) }

    // Not inlined: Swift 6.3.1 fails to split some coroutines that would come of it (release).
    @inline(never)
    static func open(_ address: String, options: SourceOptions) async throws -> any FrameSource {
        if isWatched(address) {
            return try WatchedFolderSource(folder: String(address.dropFirst(watchPrefix.count)), options: options)
        }
        return try await FootageSources.open(address, options: options)
    }
}
