internal import Foundation

/// Where engines are looked for, in order; nothing is opened here.
struct EngineLocations {
    /// Folders that may hold an engine's library, or a library itself.
    var roots: [String]

    /// The first of: the given path, the folder in `SHRIKE_ENGINE_DIR`, `../lib/shrike` beside the program, and
    /// `.shrike/engine` beside or above the program and the working folder.
    init(explicit: String?, environment: [String: String], executable: String, workingDirectory: String) {
        var roots: [String] = []
        func add(_ path: String) { if !roots.contains(path) { roots.append(path) } }
        if let explicit { add(explicit) }
        if let folder = environment["SHRIKE_ENGINE_DIR"], !folder.isEmpty { add(folder) }
        let program = URL(filePath: executable).resolvingSymlinksInPath().deletingLastPathComponent()
        add(program.deletingLastPathComponent().appending(path: "lib/shrike").path)
        for start in [program, URL(filePath: workingDirectory)] {
            var folder = start.standardizedFileURL
            // Bounded: a path has few components, and a link loop must not hang us.
            for _ in 0..<32 {
                add(folder.appending(path: ".shrike/engine").path)
                if folder.path == "/" { break }
                folder = folder.deletingLastPathComponent()
            }
        }
        self.roots = roots
    }

    static func ofThisProcess(explicit: String?) -> EngineLocations {
        let link = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        return EngineLocations(
            explicit: explicit, environment: ProcessInfo.processInfo.environment,
            executable: link ?? CommandLine.arguments.first ?? "/",
            workingDirectory: FileManager.default.currentDirectoryPath)
    }

    /// Library files of an engine that exist, best first: in the order of the roots, and in a folder the release this
    /// program was made for before any other, newest name first.
    func libraries(of engine: InferenceEngine) -> [String] {
        guard let file = engine.libraryFile else { return [] }
        var found: [String] = []
        for root in roots {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder) else { continue }
            if !isFolder.boolValue {
                if (root as NSString).lastPathComponent.hasPrefix(file.prefix) { found.append(root) }
                continue
            }
            for folder in [root, root + "/" + file.folder] {
                let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
                    .filter { $0.hasPrefix(file.prefix) }
                    .sorted { ($0 == file.pinned ? 1 : 0, $0) > ($1 == file.pinned ? 1 : 0, $1) }
                found += names.map { folder + "/" + $0 }
            }
        }
        return found
    }
}

extension InferenceEngine {
    /// Start of the library's file name, the file of the release this program was made for, and the folder inside an
    /// unpacked wheel.
    fileprivate var libraryFile: (prefix: String, pinned: String, folder: String)? {
        switch self {
        case .openvino: ("libopenvino_c.so", "libopenvino_c.so.2641", "openvino/libs")
        case .onnxruntime: ("libonnxruntime.so", "libonnxruntime.so.1.31.1", "onnxruntime/capi")
        case .opencv: nil
        }
    }
}
