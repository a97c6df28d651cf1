import Foundation

/// Real pictures and networks beside the project, for tests that skip where they are absent.
enum SharedData {
    static let packageRoot: URL = {
        // Tests/DetectionTests/Networks/SharedData.swift, seen through links.
        var folder = URL(filePath: #filePath).resolvingSymlinksInPath()
        for _ in 0..<4 { folder.deleteLastPathComponent() }
        return folder
    }()

    static let root = packageRoot.deletingLastPathComponent().appending(path: "shared/data")
    static let fastestDet = root.appending(path: "detectors/FastestDet.onnx").path
    static let yolox = root.appending(path: "detectors/yolox_nano_bigisland.onnx").path

    static var hasDetectors: Bool {
        [fastestDet, yolox].allSatisfy { FileManager.default.isReadableFile(atPath: $0) }
    }

    /// The first pictures of hit_uav, by name.
    static func hitUAV(_ count: Int) -> [String] {
        let folder = root.appending(path: "hit_uav/images")
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".png") }.sorted().prefix(count)
            .map { folder.appending(path: $0).path }
    }

    /// COCO class names as codes.
    static func cocoCodes() throws -> [String] {
        try String(contentsOf: root.appending(path: "detectors/coco.names"), encoding: .utf8)
            .split(separator: "\n").map { String($0).replacing(" ", with: "_") }
    }

    /// Python with the reference's packages, from `SHRIKE_PARITY_PYTHON` or `.shrike/parity/bin/python`.
    static let python: String? = {
        let named = ProcessInfo.processInfo.environment["SHRIKE_PARITY_PYTHON"]
        let own = packageRoot.appending(path: ".shrike/parity/bin/python").path
        return [named, own].compactMap(\.self).first { FileManager.default.isExecutableFile(atPath: $0) }
    }()
}
