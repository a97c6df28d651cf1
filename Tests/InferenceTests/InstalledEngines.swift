import Inference

/// Engines on this machine, found once.
enum InstalledEngines {
    static let found = EngineInventory.find().entries.filter(\.isUsable).map(\.engine)
    /// Those that read every operator the tests use.
    static let libraries = found.filter { $0 != .opencv }
}

extension NetworkSettings {
    init(_ engine: InferenceEngine) { self.init(engine: Engine(rawValue: engine.rawValue) ?? .auto) }
}
