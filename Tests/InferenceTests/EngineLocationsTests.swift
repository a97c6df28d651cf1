import Foundation
import Testing

@testable import Inference

@Suite("Engine locations")
struct EngineLocationsTests {
    @Test("the given path comes first, then the environment, beside the program, and above it")
    func order() {
        let locations = EngineLocations(
            explicit: "/given", environment: ["SHRIKE_ENGINE_DIR": "/named"], executable: "/opt/shrike/bin/shrike",
            workingDirectory: "/work/here")
        #expect(locations.roots.prefix(3) == ["/given", "/named", "/opt/shrike/lib/shrike"])
        #expect(locations.roots.contains("/opt/shrike/.shrike/engine"))
        #expect(locations.roots.contains("/work/here/.shrike/engine"))
        #expect(Set(locations.roots).count == locations.roots.count)
    }

    @Test("the pinned release is taken before a newer one, and unpacked wheels are found")
    func files() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "shrike-engines-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let folder = root.appending(path: "openvino/libs")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["libopenvino_c.so.2700", "libopenvino_c.so.2641", "libopenvino_c.so.2600", "libtbb.so.12"] {
            try Data().write(to: folder.appending(path: name))
        }
        let locations = EngineLocations(
            explicit: root.path, environment: [:], executable: "/nowhere/x", workingDirectory: "/nowhere")
        let found = locations.libraries(of: .openvino).filter { $0.hasPrefix(root.path) }
        #expect(
            found.map { ($0 as NSString).lastPathComponent }
                == ["libopenvino_c.so.2641", "libopenvino_c.so.2700", "libopenvino_c.so.2600"])
        #expect(locations.libraries(of: .onnxruntime).allSatisfy { !$0.hasPrefix(root.path) })
        var problems: [String] = []
        #expect(EngineLibrary.first(.openvino, in: locations, problems: &problems)?.path.hasPrefix(root.path) != true)
        #expect(problems.count >= 3 && problems[0].contains("cannot be opened"))
    }
}
