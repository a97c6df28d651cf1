import Foundation
import Imaging
import Kernels
import ShrikeCore

/// Mask pictures: `masks` beside `images`, a PNG of the same name for each picture, 8-bit grey, 0 for the background.
///
/// What the other values mean is told by `_classes.csv` or `classes.csv` (`value, name`); without one everything is a
/// `defect`. Each connected region is one object.
enum MaskLabels {
    /// Pixels of a mask that are decoded.
    private static let maximumPixels = 200_000_000
    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func isAt(_ folder: URL) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: folder.appending(path: "masks").path, isDirectory: &isFolder)
            && isFolder.boolValue
    }

    static func read(_ folder: URL) throws(EvaluationError) -> LabeledDataset {
        let names = try classNames(in: folder)
        let masks = folder.appending(path: "masks")
        var pictures: [LabeledDataset.Picture] = []
        for file in try LabelReader.files(in: masks, withExtension: "png") {
            let path = LabelReader.relativePath(file, to: masks)
            pictures.append(try read(file, names: names, fileName: "images/" + path.dropLast(4)))
        }
        guard !pictures.isEmpty else {
            throw EvaluationError("no PNG mask", at: masks.path, remedy: "save masks as 8-bit grey PNG")
        }
        let classes = Set(names.map { Array($0.values) } ?? ["defect"])
        return LabeledDataset(classes: classes.sorted(), pictures: pictures)
    }

    /// Names by value; nil where no file says.
    private static func classNames(in folder: URL) throws(EvaluationError) -> [UInt8: String]? {
        let files = ["_classes.csv", "classes.csv"].map { folder.appending(path: $0) }
        guard let file = files.first(where: { FileManager.default.fileExists(atPath: $0.path) }) else { return nil }
        var names: [UInt8: String] = [:]
        for (number, line) in try LabelReader.text(file).split(whereSeparator: \.isNewline).enumerated() {
            let fields = line.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            if number == 0, fields.first.flatMap({ Int($0) }) == nil { continue }
            guard fields.count == 2, let value = UInt8(fields[0]), !fields[1].isEmpty else {
                throw EvaluationError(
                    "no line of value, name", at: "\(file.path) line \(number + 1)",
                    remedy: "write a pixel value from 0 to 255 and a name")
            }
            if value != 0 { names[value] = fields[1] }
        }
        return names
    }

    private static func read(
        _ file: URL, names: [UInt8: String]?, fileName: String
    ) throws(EvaluationError) -> LabeledDataset.Picture {
        let bytes = try LabelReader.bytes(file)
        func refuse(_ what: String) -> EvaluationError {
            EvaluationError(what, at: file.path, remedy: "save the mask as 8-bit grey PNG of the picture's size")
        }
        // The header's size is looked at before anything is decoded.
        guard bytes.count > 24, bytes.prefix(8).elementsEqual(signature) else { throw refuse("mask is no PNG") }
        func size(_ start: Int) -> Int { bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
        let (width, height) = (size(16), size(20))
        guard width > 0, height > 0, width <= maximumPixels, height <= maximumPixels / width else {
            throw refuse("mask of \(width) x \(height) pixels is over the limit of \(maximumPixels)")
        }
        guard let mask = decoded(bytes) else { throw refuse("mask cannot be decoded") }
        guard mask.format == .gray8 else { throw refuse("mask is not 8-bit grey") }
        let runs = runs(mask)
        var picture = LabeledDataset.Picture(fileName: fileName, width: mask.width, height: mask.height)
        for (value, runs) in runs.sorted(by: { $0.key < $1.key }) {
            guard let name = names == nil ? "defect" : names?[value] else {
                throw refuse("value \(value) has no name in the classes file")
            }
            for object in RunComponents.connected(runs) {
                let box = Box(
                    left: Double(object.map(\.left).min() ?? 0), top: Double(object.first?.y ?? 0),
                    right: Double(object.map(\.right).max() ?? 0), bottom: Double((object.last?.y ?? 0) + 1))
                let area = object.reduce(0) { $0 + $1.count }
                picture.labels.append(
                    .init(className: name, box: box, area: Double(area), region: .runs(object)))
            }
        }
        return picture
    }

    private static func decoded(_ bytes: Data) -> PixelBuffer? {
        try? bytes.withUnsafeBytes { buffer in try Image.decode(buffer, as: .unchanged).frozen() }
    }

    /// Rows of pixels of each value but 0.
    private static func runs(_ mask: PixelBuffer) -> [UInt8: [PixelRun]] {
        var runs: [UInt8: [PixelRun]] = [:]
        mask.withUnsafeBytes { pixels in
            for y in 0..<mask.height {
                var x = 0
                while x < mask.width {
                    let (value, start) = (pixels[y * mask.bytesPerRow + x], x)
                    while x < mask.width, pixels[y * mask.bytesPerRow + x] == value { x += 1 }
                    if value != 0 { runs[value, default: []].append(LabelRegion.run(y, start, x)) }
                }
            }
        }
        return runs
    }
}
