import Evidence
import FrameSources
import ShrikeCore

/// A video for clips.
final class ClipReader: ClipFootage {
    private let reader: FootageReader

    init(_ path: String, _ decoding: FootageDecoding) throws(SourceError) {
        reader = try FootageReader(path, isolation: decoding.isolation)
    }

    var framesPerSecond: Double { reader.framesPerSecond }
    func grab() throws -> Bool { try reader.grab() }
    func picture() throws -> PixelBuffer { try reader.pixels() }
}
