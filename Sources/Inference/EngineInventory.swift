/// Which engines this machine has, for people: `shrike doctor`.
public struct EngineInventory: Sendable {
    public struct Entry: Hashable, Sendable {
        public var engine: InferenceEngine
        public var isUsable: Bool
        public var version: String?
        /// Library file.
        public var path: String?
        /// Why the engine, or a library found before the one in use, cannot be used.
        public var problems: [String]
        /// What to type; nil where nothing is wrong.
        public var remedy: String?
    }

    /// Every engine, in the order in which this processor tries them.
    public var entries: [Entry]

    /// The engine that `auto` takes.
    public var chosen: Entry? { entries.first(where: \.isUsable) }

    /// What a person types to get the engines.
    static let remedy =
        "run ./deploy/setup once (it unpacks the engines into .shrike/engine), or set SHRIKE_ENGINE_DIR to the folder"
        + " that holds the library"

    /// Opens what is found; engines that open stay loaded.
    ///
    /// - Parameter enginePath: folder or library to look at first.
    public static func find(enginePath: String? = nil) -> EngineInventory {
        let locations = EngineLocations.ofThisProcess(explicit: enginePath)
        return EngineInventory(entries: InferenceEngine.preferred.map { entry($0, locations) })
    }

    private static func entry(_ engine: InferenceEngine, _ locations: EngineLocations) -> Entry {
        if engine == .opencv {
            return Entry(engine: engine, isUsable: true, version: OpenCVNetwork.libraryVersion, problems: [])
        }
        var problems: [String] = []
        let library = EngineLibrary.first(engine, in: locations, problems: &problems)
        return Entry(
            engine: engine, isUsable: library != nil, version: library?.version, path: library?.path,
            problems: problems,
            remedy: library == nil ? remedy : nil)
    }
}
