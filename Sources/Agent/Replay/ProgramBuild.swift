import Foundation

/// Tells builds of the program apart, so that a run is only continued by the one that began it.
enum ProgramBuild {
    static let current: String = {
        // A link, which attributes are not followed through.
        let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/proc/self/exe"
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: program),
            let size = (attributes[.size] as? NSNumber)?.int64Value,
            let modified = (attributes[.modificationDate] as? Date)?.timeIntervalSince1970
        else { return AgentVersion.current }
        return "\(AgentVersion.current) \(size) \(modified)"
    }()
}
