import Foundation
import Imaging
import TestKit

/// Small pictures of a few looks, made from a seed, in a folder for each look.
struct TaughtPictures {
    let folder: TestFolder

    /// Writes pictures of a look: `0` stripes, `1` dots, `2` checks, `3` a gradient, each with its own phase and noise.
    func write(_ look: Int, count: Int, seed: UInt64, to name: String) throws {
        var random = SeededRandom(seed: seed &* 1000 &+ UInt64(look))
        for number in 0..<count {
            let phase = random.uniform(0, 8)
            var image = try Image(width: 64, height: 64)
            image.withUnsafeMutableBytes { bytes in
                for y in 0..<64 {
                    for x in 0..<64 {
                        let value = Self.value(look, x: Double(x) + phase, y: Double(y) + phase) + random.normal(12)
                        for channel in 0..<3 {
                            bytes[(y * 64 + x) * 3 + channel] = UInt8(max(0, min(255, value)))
                        }
                    }
                }
            }
            try folder.write(Data(image.encoded(.png)), to: "\(name)/\(look)-\(seed)-\(number).png")
        }
    }

    private static func value(_ look: Int, x: Double, y: Double) -> Double {
        switch look {
        case 0: sin(x) > 0 ? 180 : 70
        case 1: sin(x / 2) * sin(y / 2) > 0.6 ? 220 : 90
        case 2: (sin(x / 3) > 0) == (sin(y / 3) > 0) ? 150 : 60
        default: 2.5 * x
        }
    }
}
