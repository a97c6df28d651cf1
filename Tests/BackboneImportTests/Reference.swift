import Foundation
import ShrikeCore

/// Results of the independent forward pass in `fixtures/backbone/reference.py`.
struct Reference: Decodable {
    struct Run: Decodable {
        var width: Int
        var height: Int
        var taps: [Tap]
    }

    struct Tap: Decodable {
        var name: String
        var shape: [Int]
        var largest: Double
        var mean: Double
        var at: [Int]
        var values: [Double]
    }

    var runs: [Run]

    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func fixture(_ name: String) -> String { root.appending(path: "fixtures/backbone/\(name)").path }

    static func load(_ name: String) throws -> Reference {
        try JSONDecoder().decode(Reference.self, from: Data(contentsOf: URL(filePath: fixture("\(name).json"))))
    }

    /// The picture of the script.
    static func picture(width: Int, height: Int) -> PixelBuffer {
        var bytes: [UInt8] = []
        for y in 0..<height {
            for x in 0..<width {
                for c in 0..<3 { bytes.append(UInt8((37 * x + 91 * y + 53 * c + x * y * (c + 1) / 7) % 256)) }
            }
        }
        return PixelBuffer(copying: bytes, width: width, height: height, format: .bgr8)
    }
}
