import Foundation
import FrameSources
import Imaging
import ShrikeCore
import Telemetry

/// Lists what lies where a person pointed, with what the heads of the files tell. Calls block.
enum MissionListing {
    /// Results of an earlier replay lie in a folder with this file in it.
    private static let resultsMark = "alerts.ndjson"
    private static let headBytes = 256 << 10

    /// All footage named, in the order named, each folder by time of capture; a file named twice counts once.
    ///
    /// - Throws: ``AgentError`` where something named does not exist.
    static func plan(_ addresses: [String]) throws(AgentError) -> (items: [MissionItem], skipped: [MissionPlan.Skipped])
    {
        var items: [MissionItem] = []
        var skipped: [MissionPlan.Skipped] = []
        var known: Set<String> = []
        for address in addresses {
            guard case .path(let path) = FootageAddress(address) else {
                let name = RedactedAddress.redact(address)
                items.append(MissionItem(address: address, name: name, content: .address))
                continue
            }
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw AgentError(
                    "no such footage", at: path, remedy: "name a video, a picture, a folder, rtsp://... or camera:N")
            }
            var files = isFolder.boolValue ? folder(path, skipped: &skipped) : [path].map { named($0) }
            files.removeAll { file in
                let isNew = known.insert(URL(filePath: file.path).standardizedFileURL.path).inserted
                if !isNew { skipped.append(.init(name: file.name, reason: "named before")) }
                return !isNew
            }
            if isFolder.boolValue {
                let plan = MissionPlan(files.map(looked))
                guard !plan.items.isEmpty || !items.isEmpty || addresses.count > 1 else {
                    throw AgentError(
                        "holds no footage", at: path, remedy: "name a folder with videos or pictures (JPEG, PNG, TIFF)")
                }
                items += plan.items
                skipped += plan.skipped
            } else {
                items += files.map(single)
            }
        }
        return (items, skipped)
    }

    private static func named(_ path: String) -> MissionFile { MissionFile(path: path, name: path) }

    /// A file that a person names is taken for what they say it is, whatever its extension.
    private static func single(_ file: MissionFile) -> MissionItem {
        let isStill = FootageFormat(file) == .still
        return MissionItem(
            address: file.path, name: file.lastName, content: isStill ? .stills([file.path]) : .video)
    }

    /// Files below a folder; links to folders are not followed, and results of earlier replays are left out.
    private static func folder(_ path: String, skipped: inout [MissionPlan.Skipped]) -> [MissionFile] {
        let root = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        guard let walk = FileManager.default.enumerator(atPath: root) else { return [] }
        var files: [MissionFile] = []
        while let name = walk.nextObject() as? String {
            let full = root + "/" + name
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: full, isDirectory: &isFolder) else { continue }
            if isFolder.boolValue {
                let last = name.split(separator: "/").last ?? ""
                if last.hasPrefix(".") || systemFolders.contains(last.lowercased()) {
                    walk.skipDescendants()
                } else if FileManager.default.fileExists(atPath: full + "/" + resultsMark) {
                    skipped.append(.init(name: name, reason: "results of a replay"))
                    walk.skipDescendants()
                }
            } else {
                files.append(MissionFile(path: full, name: name))
            }
        }
        return files
    }

    private static let systemFolders: Set<String> = [
        "system volume information", "$recycle.bin", "lost.dir", "lost+found", "__macosx",
    ]

    /// The file with what its head tells.
    private static func looked(_ file: MissionFile) -> MissionFile {
        var file = file
        switch FootageFormat(file) {
        case .still:
            let metadata = PictureMetadata.read(head(of: file.path))
            file.localTime = metadata.localTime ?? metadata.gpsTime
            let camera = [metadata.cameraMake, metadata.cameraModel].compactMap(\.self).joined(separator: " ")
            file.camera = camera.isEmpty ? nil : camera
            file.isRadiometric = metadata.thermalKind != nil
        case .video:
            let stem = file.folder + "/" + file.stem
            for suffix in [".SRT", ".srt"] where file.localTime == nil {
                let bytes = head(of: stem + suffix)
                let track = bytes.isEmpty ? nil : try? DJISubtitles.parse(bytes, file: file.lastName)
                file.localTime = track?.captureStart()?.time
            }
        case .other: break
        }
        return file
    }

    private static func head(of path: String) -> [UInt8] {
        guard let file = try? FileHandle(forReadingFrom: URL(filePath: path)) else { return [] }
        defer { try? file.close() }
        return (try? file.read(upToCount: headBytes)).flatMap { $0 }.map { [UInt8]($0) } ?? []
    }
}
