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

    /// Writes pictures with a bright or a dark square each, and their boxes as COCO.
    func writeSquares(count: Int, seed: UInt64, to name: String) throws {
        var random = SeededRandom(seed: seed)
        var (images, annotations) = ([String](), [String]())
        for number in 0..<count {
            let (side, isBright) = (Int(random.uniform(18, 23)), number.isMultiple(of: 2))
            let (left, top) = (Int(random.uniform(0, Double(95 - side))), Int(random.uniform(0, Double(95 - side))))
            var image = try Image(width: 96, height: 96)
            image.withUnsafeMutableBytes { bytes in
                for y in 0..<96 {
                    for x in 0..<96 {
                        let isInside = (left..<left + side).contains(x) && (top..<top + side).contains(y)
                        let value = (isInside ? (isBright ? 230 : 20) : 120) + random.normal(10)
                        for channel in 0..<3 { bytes[(y * 96 + x) * 3 + channel] = UInt8(max(0, min(255, value))) }
                    }
                }
            }
            let file = "\(seed)-\(number).png"
            try folder.write(Data(image.encoded(.png)), to: "\(name)/\(file)")
            images.append(#"{"id":\#(number + 1),"file_name":"\#(file)","width":96,"height":96}"#)
            annotations.append(
                #"{"id":\#(number + 1),"image_id":\#(number + 1),"category_id":\#(isBright ? 1 : 2),"#
                    + #""bbox":[\#(left),\#(top),\#(side),\#(side)],"area":\#(side * side),"iscrowd":0}"#)
        }
        try folder.write(
            #"{"images":[\#(images.joined(separator: ","))],"annotations":[\#(annotations.joined(separator: ","))],"#
                + #""categories":[{"id":1,"name":"Bright"},{"id":2,"name":"Dark"}]}"#, to: "\(name)/labels.json")
    }
}
