/// How much of a telemetry file is read: what a card can hold in one recording, with room to spare.
enum TelemetryLimits {
    static let fileBytes = 64 << 20
    static let samples = 1_000_000
    static let lineBytes = 16 << 10

    /// Refuses a file by its size before anything of it is looked at.
    static func check(byteCount: Int, file: String) throws(TelemetryError) {
        guard byteCount > 0 else {
            throw TelemetryError(
                "the file is empty", at: file, remedy: "copy it from the card again, or replay without telemetry")
        }
        guard byteCount <= fileBytes else {
            throw TelemetryError(
                "the file has \(byteCount) bytes, more than \(fileBytes) (64 MB)", at: file,
                remedy: "check that this is the telemetry and not the video")
        }
    }

    static func tooManySamples(file: String, line: Int) -> TelemetryError {
        TelemetryError(
            "more than \(samples) samples", at: "\(file):\(line)", remedy: "split the file, one part for each recording"
        )
    }
}
