import Foundation
import Imaging
import Integrity
import SceneTraining
import ShrikeCore

/// Chooses the pictures that a taught scene carries to prove itself on other machines: a few, small ones.
enum GoldenPictures {
    static let count = 6
    private static let quality = 60

    /// The first picture of each class by digest, then others; the same pictures give the same choice.
    static func choice(of pictures: [TaughtPicture]) -> [TaughtPicture] {
        let sorted = pictures.sorted { $0.digest.description < $1.digest.description }
        var chosen: [TaughtPicture] = []
        var covered: Set<String> = []
        for picture in sorted where !picture.classNames.isSubset(of: covered) && chosen.count < count {
            chosen.append(picture)
            covered.formUnion(picture.classNames)
        }
        for picture in sorted where chosen.count < count && !chosen.contains(picture) { chosen.append(picture) }
        return chosen
    }

    /// Writes a picture for a bundle, no larger than the base looks at: it travels with every version.
    static func write(_ pixels: PixelBuffer, largest: (width: Int, height: Int), to file: String) throws {
        let image = try Image(copying: pixels)
        let scale = min(1, Double(largest.width) / Double(pixels.width), Double(largest.height) / Double(pixels.height))
        let small =
            scale < 1
            ? try image.resized(
                width: max(1, Int(Double(pixels.width) * scale)), height: max(1, Int(Double(pixels.height) * scale)))
            : image
        try Data(small.encoded(.jpeg(quality: quality))).write(to: URL(filePath: file))
    }
}
