import FrameSources
import ShrikeCore

/// What of a listing is footage, and in which order it is analysed. A pure function of the listing: neither the order in which a
/// file system lists its files nor their dates of copying count.
///
/// - A video is an item of its own; its side-car (`.SRT` of the same name) goes with it.
/// - Stills form sequences, one for each folder, camera (make and model) and letter of the camera in DJI's names.
/// - A sequence or video is half of a pair where the same folder holds a shot of the same number in the other light, see
///   ``CameraFileName``. A plain `DJI_0001.JPG` beside `DJI_0001_R.JPG` is its visible half.
/// - Order: by the time of the first picture on the camera's clock; what has no time comes after that, by name.
/// - Everything else is skipped with a reason.
struct MissionPlan: Hashable, Sendable {
    struct Skipped: Hashable, Sendable, Codable {
        var name: String
        var reason: String
    }

    var items: [MissionItem] = []
    /// By name.
    var skipped: [Skipped] = []

    /// - Parameter files: all files below one folder that a person named, in any order.
    init(_ files: [MissionFile]) {
        let files = files.sorted { NaturalOrder.areInOrder($0.name, $1.name) }
        var videos: [MissionFile] = []
        var stills: [MissionFile] = []
        var others: [MissionFile] = []
        for file in files {
            switch FootageFormat(file) {
            case .video: videos.append(file)
            case .still: stills.append(file)
            case .other: others.append(file)
            }
        }
        let shots = Shots(videos, stills)
        items = Self.videoItems(videos, sideCars: others, shots: shots) + Self.stillItems(stills, shots: shots)
        items.sort(by: Self.areInOrder)
        skipped = Self.skipped(others, videos: videos)
    }

    private static func areInOrder(_ a: MissionItem, _ b: MissionItem) -> Bool {
        switch (a.start, b.start) {
        case (let x?, let y?) where x != y: return x < y
        case (_?, nil): return true
        case (nil, _?): return false
        default: break
        }
        if a.address != b.address { return NaturalOrder.areInOrder(a.address, b.address) }
        return NaturalOrder.areInOrder(a.sourceID ?? "", b.sourceID ?? "")
    }

    private static func videoItems(
        _ videos: [MissionFile], sideCars: [MissionFile], shots: Shots
    ) -> [MissionItem] {
        var telemetry: [String: String] = [:]
        for file in sideCars where file.fileExtension == "srt" { telemetry[file.key] = file.path }
        return videos.map { file in
            let name = CameraFileName(stem: file.stem)
            return MissionItem(
                address: file.path, name: file.lastName, content: .video, band: shots.band(of: file),
                isPaired: shots.isPaired(file), start: file.localTime ?? name.localTime, telemetry: telemetry[file.key])
        }
    }

    private static func stillItems(_ stills: [MissionFile], shots: Shots) -> [MissionItem] {
        struct Sequence: Hashable {
            var folder: String
            var letter: String
            var camera: String
            var band: FootageBand?
        }
        var order: [Sequence] = []
        var members: [Sequence: [MissionFile]] = [:]
        for file in stills {
            let letter = CameraFileName(stem: file.stem).camera.map(String.init) ?? ""
            let sequence = Sequence(
                folder: file.folder, letter: letter, camera: file.camera ?? "", band: shots.band(of: file))
            if members[sequence] == nil { order.append(sequence) }
            members[sequence, default: []].append(file)
        }
        return order.map { sequence in
            let files = members[sequence] ?? []
            let folder = String(sequence.folder.split(separator: "/").last ?? "stills")
            let isOnly = order.count { $0.folder == sequence.folder } == 1
            let suffix = sequence.letter.isEmpty ? sequence.band?.rawValue ?? "" : sequence.letter
            let label = isOnly || suffix.isEmpty ? folder : "\(folder)-\(suffix)"
            return MissionItem(
                address: sequence.folder, name: label, content: .stills(files.map(\.path)),
                sourceID: label == folder ? nil : label, band: sequence.band,
                isPaired: files.contains(where: shots.isPaired),
                start: files.compactMap { $0.localTime ?? CameraFileName(stem: $0.stem).localTime }.min())
        }
    }

    private static func skipped(_ files: [MissionFile], videos: [MissionFile]) -> [Skipped] {
        let recordings = Set(videos.map(\.key))
        return files.compactMap { file in
            if file.fileExtension == "srt", recordings.contains(file.key) { return nil }
            return Skipped(name: file.name, reason: FootageFormat.reason(file))
        }
    }
}

/// Which shots were taken in which light, by folder and kind of file.
private struct Shots {
    private struct Key: Hashable {
        var folder: String
        var isVideo: Bool
        var shot: String
    }

    private var bands: [Key: Set<FootageBand>] = [:]
    private var radiometric: Set<Key> = []

    init(_ videos: [MissionFile], _ stills: [MissionFile]) {
        for file in stills where CameraFileName(stem: file.stem).camera == "R" {
            if let key = Self.key(file) { radiometric.insert(key) }
        }
        for file in videos + stills {
            if let key = Self.key(file), let band = band(of: file) { bands[key, default: []].insert(band) }
        }
    }

    func band(of file: MissionFile) -> FootageBand? {
        let name = CameraFileName(stem: file.stem)
        if let band = name.band { return band }
        if file.isRadiometric { return .thermal }
        return Self.key(file).flatMap { radiometric.contains($0) ? .visible : nil }
    }

    func isPaired(_ file: MissionFile) -> Bool {
        Self.key(file).map { bands[$0]?.count == 2 } ?? false
    }

    private static func key(_ file: MissionFile) -> Key? {
        CameraFileName(stem: file.stem).shot.map {
            Key(folder: file.folder, isVideo: FootageFormat(file) == .video, shot: $0)
        }
    }
}

extension MissionFile {
    /// Equal for a recording and its side-car.
    fileprivate var key: String { folder + "/" + stem.lowercased() }
}
