import Detection
import Foundation

/// Bases that are loaded, so that scenes on one base share it and its passes.
final class BackboneShelf: @unchecked Sendable {
    // Sendable: `wanted` and `loaded` are only touched under `lock`.
    private let lock = NSLock()
    private var wanted: [Key: [String]] = [:]
    private var loaded: [Key: Weak] = [:]

    private struct Weak { weak var backbone: Backbone? }

    /// What makes two scenes' bases the same.
    struct Key: Hashable, Sendable {
        /// Digests of the base and its adaptation.
        var base: String
        var precision: String
        var width: Int
        var height: Int
    }

    /// Notes outputs that a scene will ask for, so that the base is loaded with all of them once.
    func expect(_ taps: [String], of key: Key) {
        lock.withLock {
            var names = wanted[key] ?? []
            for tap in taps where !names.contains(tap) { names.append(tap) }
            wanted[key] = names
        }
    }

    /// The base with at least these outputs. One that is in use and lacks some stays as it is, and another is loaded.
    ///
    /// - Parameter load: makes it, given all outputs expected so far.
    func backbone(_ key: Key, taps: [String], load: ([String]) throws -> Backbone) throws -> Backbone {
        // Held while loading: two scenes that are loaded at once must not load the base twice.
        try lock.withLock {
            if let known = loaded[key]?.backbone, Set(taps).isSubset(of: known.taps.map(\.name)) { return known }
            let made = try load(wanted[key] ?? taps)
            loaded[key] = Weak(backbone: made)
            return made
        }
    }
}
