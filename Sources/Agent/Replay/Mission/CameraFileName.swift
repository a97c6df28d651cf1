import ShrikeCore

/// What the name of a file of a drone's camera tells: which of its cameras, which shot, when. A pure reading of the text.
///
/// DJI names: `DJI_0001.JPG`, `DJI_0001_R.JPG` (radiometric), and since 2021 `DJI_20230501093015_0001_T.MP4` with `T` thermal,
/// `V`, `W`, `Z`, `S` visible (one camera, wide, zoom, snapshot of the screen), and perhaps the name of the place after that.
struct CameraFileName: Hashable, Sendable {
    /// Letter of the camera; nil where the name has none.
    var camera: Character?
    /// Equal for the pictures or videos that the cameras of one drone took at once; nil where the name is not DJI's.
    var shot: String?
    /// As the camera's clock showed it: written as if it were UTC.
    var localTime: Timestamp?

    /// - Parameter stem: the name without folders and extension.
    init(stem: String) {
        let parts = stem.uppercased().split(separator: "_", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts[0] == "DJI" else { return }
        var rest = parts.dropFirst()
        if let first = rest.first, first.count == 14, let time = Self.time(first) {
            localTime = time
            rest = rest.dropFirst()
        }
        guard let number = rest.first, !number.isEmpty, number.count <= 9, number.allSatisfy(\.isWholeNumber) else {
            return
        }
        rest = rest.dropFirst()
        if let letter = rest.first, letter.count == 1, "TVWZSR".contains(letter) {
            camera = letter.first
            rest = rest.dropFirst()
        }
        // The cameras of one drone may disagree about the second, so the time is no part of it.
        shot = ([number] + rest).joined(separator: "_")
    }

    /// Nil where the name does not tell.
    var band: FootageBand? {
        switch camera {
        case "T", "R": .thermal
        case nil: nil
        default: .visible
        }
    }

    private static func time(_ digits: Substring) -> Timestamp? {
        let values = digits.utf8.map { Int64($0) - 48 }
        guard values.allSatisfy({ (0...9).contains($0) }) else { return nil }
        func number(_ range: Range<Int>) -> Int64 { values[range].reduce(0) { $0 * 10 + $1 } }
        return Timestamp(
            year: number(0..<4), month: number(4..<6), day: number(6..<8), hour: number(8..<10),
            minute: number(10..<12), second: number(12..<14))
    }
}
