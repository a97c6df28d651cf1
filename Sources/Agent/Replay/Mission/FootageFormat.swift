/// What kind of file a name's extension stands for, and why others are no footage.
enum FootageFormat: Hashable, Sendable {
    case video, still, other

    private static let videos: Set<String> = [
        "mp4", "mov", "mkv", "avi", "ts", "m2ts", "mts", "m4v", "mpg", "mpeg", "webm", "h264", "h265", "264", "265",
    ]
    private static let stills: Set<String> = ["jpg", "jpeg", "png", "tif", "tiff"]

    init(_ file: MissionFile) {
        let isSystemFile = file.lastName.hasPrefix(".")
        self =
            isSystemFile
            ? .other
            : Self.videos.contains(file.fileExtension)
                ? .video : Self.stills.contains(file.fileExtension) ? .still : .other
    }

    /// Why a file is skipped, in words for a person.
    static func reason(_ file: MissionFile) -> String {
        if file.lastName.hasPrefix(".") { return "file of the operating system" }
        return switch file.fileExtension {
        case "lrf", "lrv": "small preview of a video"
        case "thm", "scr": "preview picture"
        case "dng", "raw", "cr2", "cr3", "nef", "arw", "orf", "rw2", "raf": "raw picture; export it as TIFF or JPEG"
        case "seq", "csq", "fff", "ats": "thermal recording of a vendor's own format; export it as 16-bit TIFF"
        case "srt": "telemetry without its video"
        case "gpx", "csv", "kml", "kmz", "klv": "track without a video of its name; name it with --telemetry"
        case "mrk", "nav", "obs", "bin", "rtk", "rtb", "rtl", "sbf", "ubx": "positioning data of the receiver"
        case "wav", "mp3", "aac", "m4a": "sound"
        default: "no footage"
        }
    }
}
