import Foundation
import FrameSources
import ModelBundles
import ShrikeCore

/// Runs a scene over its golden pictures on this machine and compares the results with those it came with.
struct GoldenReplay {
    let chain: BundleChain

    /// - Throws: what decoding or inference throws; a difference is a value.
    func run(_ scene: LoadedScene) throws -> GoldenOutcome {
        guard let set = try GoldenSet(of: chain.top) else { return .none }
        let detector = try scene.makeDetector()
        var comparison = GoldenComparison(set, classes: scene.definition.classes)
        for (number, picture) in set.pictures.enumerated() {
            let bytes = try chain.top.data(picture.file, maximumBytes: GoldenSet.maximumPictureBytes)
            let frame = try Self.frame(bytes, name: picture.file, number: number)
            comparison.take(try detector.detect(frame), on: picture)
        }
        return comparison.outcome
    }

    static func frame(_ bytes: Data, name: String, number: Int) throws -> Frame {
        let pixels = try StillPicture.decode([UInt8](bytes), name: name)
        return Frame(
            index: Int64(number), mediaTime: .zero, origin: "golden", fileName: name, pixels: pixels)
    }
}
