import Foundation
import Imaging
import ShrikeCore

/// Reads one picture file, with limits checked before anything is decoded.
struct PictureFile {
    var pixels: PixelBuffer
    var metadata: PictureMetadata

    enum Outcome {
        case picture(PictureFile)
        /// Why the picture cannot be used, in words for a person.
        case unusable(reason: String)
    }

    static let extensions: Set<String> = ["jpg", "jpeg", "png", "tif", "tiff"]

    static func hasPictureName(_ name: String) -> Bool {
        guard let dot = name.lastIndex(of: ".") else { return false }
        return extensions.contains(name[name.index(after: dot)...].lowercased())
    }

    static func read(path: String, limits: PictureLimits, by decoder: PictureDecoder) -> Outcome {
        switch readBytes(path: path, limits: limits) {
        case .success(let bytes): decode(bytes, limits: limits, by: decoder)
        case .failure(let refusal): .unusable(reason: refusal.reason)
        }
    }

    struct Refusal: Error { var reason: String }

    static func readBytes(path: String, limits: PictureLimits) -> Result<[UInt8], Refusal> {
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            let limit = limits.maximumFileBytes
            let bytes = [UInt8](try file.read(upToCount: limit + 1) ?? Data())
            guard bytes.count <= limit else {
                return .failure(Refusal(reason: "file is larger than the limit of \(limit >> 20) MiB"))
            }
            return .success(bytes)
        } catch {
            return .failure(Refusal(reason: "file cannot be read"))
        }
    }

    /// 8-bit colour and grey pictures are turned upright; 16-bit grey keeps its counts and its rows as stored.
    static func decode(_ bytes: [UInt8], limits: PictureLimits, by decoder: PictureDecoder) -> Outcome {
        let header: PictureHeader
        switch PictureHeader.read(bytes) {
        case .picture(let found): header = found
        case .refused(let reason): return .unusable(reason: reason)
        }
        if let refusal = limits.refusal(width: header.width, height: header.height) {
            return .unusable(reason: refusal)
        }
        guard [1, 2, 4, 8, 16].contains(header.bitsPerSample), (1...4).contains(header.channels) else {
            return .unusable(reason: "\(header.bitsPerSample) bits in \(header.channels) channels are not supported")
        }
        guard PictureEnding.isThere(header.kind, bytes) else {
            return .unusable(reason: "\(header.kind.rawValue.uppercased()) is cut short")
        }
        let metadata = PictureMetadata.read(bytes)
        let coding = PictureCoding(header, isUpright: (metadata.orientation ?? 1) == 1)
        switch decoder.pixels(bytes, coding) {
        case .success(let pixels): return .picture(PictureFile(pixels: pixels, metadata: metadata))
        case .failure(.damaged):
            return .unusable(reason: "damaged or of an unsupported \(header.kind.rawValue.uppercased()) kind")
        case .failure(.lost(let loss)): return .unusable(reason: loss.reason)
        }
    }
}
