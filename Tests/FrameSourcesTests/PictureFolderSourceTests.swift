import Foundation
import Imaging
import ShrikeCore
import Testing

@testable import FrameSources

struct PictureFolderSourceTests {
    /// A picture that shows `number` as a ``NumberedClip`` does.
    static func picture(_ number: Int, width: Int = 64, height: Int = 32, channels: Int = 3) throws -> Image {
        var image = try Image(width: width, height: height, channels: channels)
        let rowBytes = image.bytesPerRow
        image.withUnsafeMutableBytes { bytes in
            for y in 0..<height {
                for x in 0..<width {
                    let isSet = number >> (x * 8 / width) & 1 == 1
                    for c in 0..<channels { bytes[y * rowBytes + x * channels + c] = isSet ? 220 : 20 }
                }
            }
        }
        return image
    }

    private static func counts(_ values: [UInt16], width: Int, height: Int) throws -> Image {
        var image = try Image(width: width, height: height, channels: 1, depth: .uint16)
        let rowBytes = image.bytesPerRow
        image.withUnsafeMutableBytes { bytes in
            for (i, value) in values.enumerated() {
                bytes.storeBytes(of: value, toByteOffset: i / width * rowBytes + i % width * 2, as: UInt16.self)
            }
        }
        return image
    }

    /// A JPEG with an EXIF block (TIFF, little endian) of orientation and DateTimeOriginal put behind its first marker.
    static func jpeg(_ number: Int, orientation: UInt8 = 1, time: String? = nil, channels: Int = 3) throws -> [UInt8] {
        let plain = try picture(number, channels: channels).encoded(.jpeg(quality: 95))
        func short(_ v: Int) -> [UInt8] { [UInt8(v & 255), UInt8(v >> 8)] }
        func long(_ v: Int) -> [UInt8] { short(v & 0xFFFF) + short(v >> 16) }
        var tiff = Array("II".utf8) + short(42) + long(8) + short(2)
        tiff += short(0x0112) + short(3) + long(1) + long(Int(orientation))
        tiff += short(0x8769) + short(4) + long(1) + long(38) + long(0)
        if let time {
            tiff += short(1) + short(0x9003) + short(2) + long(20) + long(56) + long(0) + Array(time.utf8) + [0]
        } else {
            tiff += short(0) + long(0)
        }
        let payload = Array("Exif\0\0".utf8) + tiff
        let length = payload.count + 2
        return [0xFF, 0xD8, 0xFF, 0xE1, UInt8(length >> 8), UInt8(length & 255)] + payload + plain.dropFirst(2)
    }

    @Test func picturesComeInCaptureOrderThenByName() async throws {
        let folder = try ScratchFolder()
        try folder.write(Self.jpeg(3, time: "2024:05:01 10:00:07"), to: "a.jpg")
        try folder.write(Self.jpeg(1, time: "2024:05:01 10:00:02"), to: "sub/z.jpg")
        try folder.write(Self.jpeg(2, time: "2024:05:01 10:00:05"), to: "k.jpg")
        try folder.write(Self.picture(5).encoded(.png), to: "IMG_10.png")
        try folder.write(Self.picture(4).encoded(.png), to: "IMG_9.png")
        try folder.write(Self.picture(9).encoded(.png), to: ".hidden.png")
        try folder.write(Self.picture(9).encoded(.png), to: ".cache/x.png")
        try folder.write([1, 2, 3], to: "notes.txt")
        let log = await SourceLog.read(try PictureFolderSource(folder: folder.root))
        #expect(log.frames.map(\.number) == [1, 2, 3, 4, 5])
        #expect(log.frames.map(\.fileName) == ["sub/z.jpg", "k.jpg", "a.jpg", "IMG_9.png", "IMG_10.png"])
        #expect(log.frames.map(\.mediaTime.milliseconds) == [0, 3000, 5000, 6000, 7000])
        #expect(log.skipped == [])
        try await SourceContract.check(frames: 5) { try PictureFolderSource(folder: folder.root) }
    }

    @Test func aRunContinuesAtThePictureOfTheCursor() async throws {
        let folder = try ScratchFolder()
        for n in 0..<6 { try folder.write(Self.picture(n).encoded(.png), to: "\(n).png") }
        let whole = await SourceLog.read(try PictureFolderSource(folder: folder.root))
        let source = try PictureFolderSource(folder: folder.root)
        source.resume(after: FrameCursor(origin: source.origin, frameIndex: 3, mediaTime: .zero))
        #expect(await SourceLog.read(source).frames == Array(whole.frames[3...]))
        try folder.write(Self.picture(7).encoded(.png), to: "new.png")
        #expect(try PictureFolderSource(folder: folder.root).origin != source.origin)
    }

    @Test(arguments: [1, 3]) func colorAndGrayAreTurnedUpright(channels: Int) async throws {
        let folder = try ScratchFolder()
        try folder.write(Self.jpeg(0b0000_1111, orientation: 6, channels: channels), to: "a.jpg")
        let frame = try #require(try await Self.first(try PictureFolderSource(folder: folder.root)))
        #expect(frame.width == 32 && frame.height == 64)
        #expect(frame.pixels.format == (channels == 1 ? .gray8 : .bgr8))
        // Turned by a quarter to the right, the bright left half is the upper one.
        frame.pixels.withUnsafeBytes { bytes in
            #expect(bytes[8 * frame.pixels.bytesPerRow] > 180)
            #expect(bytes[56 * frame.pixels.bytesPerRow] < 60)
        }
    }

    @Test func sixteenBitGrayKeepsItsCounts() async throws {
        let values: [UInt16] = (0..<(40 * 24)).map { UInt16($0 * 61 % 65_536) }
        for encoding in [Image.Encoding.png, .tiff] {
            let folder = try ScratchFolder()
            try folder.write(Self.counts(values, width: 40, height: 24).encoded(encoding), to: "a.tiff")
            let frame = try #require(try await Self.first(try PictureFolderSource(folder: folder.root)))
            #expect(frame.pixels.format == .gray16)
            let read = frame.pixels.withUnsafeBytes { bytes in
                (0..<values.count).map {
                    bytes.loadUnaligned(
                        fromByteOffset: $0 / 40 * frame.pixels.bytesPerRow + $0 % 40 * 2, as: UInt16.self)
                }
            }
            #expect(read == values)
        }
    }

    @Test func eightBitGrayStaysGray() async throws {
        let folder = try ScratchFolder()
        try folder.write(Self.picture(5, channels: 1).encoded(.png), to: "a.png")
        #expect(try await Self.first(try PictureFolderSource(folder: folder.root))?.pixels.format == .gray8)
    }

    @Test func unusablePicturesAreSkippedWithTheReasonAndCounted() async throws {
        let folder = try ScratchFolder()
        let good = try Self.picture(6).encoded(.png)
        try folder.write(good, to: "1.png")
        try folder.write([], to: "2.png")
        try folder.write(Array("BM and no picture".utf8), to: "3.jpg")
        var bomb = good
        bomb.replaceSubrange(16..<24, with: [0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30])
        try folder.write(bomb, to: "4.png")
        try folder.write(good, to: "5.png")
        let log = await SourceLog.read(try PictureFolderSource(folder: folder.root))
        #expect(log.indices == [0, 4])
        #expect(log.skipped.count == 3)
        #expect(log.skipped[0].hasPrefix("2.png: file is empty"))
        #expect(log.skipped[1].hasPrefix("3.jpg: not a JPEG"))
        #expect(log.skipped[2].contains("30000 x 30000 is more than the limit of 64 megapixels"))
        let small = SourceOptions(pictureLimits: PictureLimits(maximumFileBytes: 20))
        #expect(await SourceLog.read(try PictureFolderSource(folder: folder.root, options: small)).frames.isEmpty)
    }

    @Test func halfAPictureIsNotTakenForAWholeOne() async throws {
        let image = try Self.picture(0b101, width: 640, height: 480)
        let thumbnail = try Self.picture(0b11).encoded(.jpeg(quality: 90))
        let plain = try image.encoded(.jpeg(quality: 90))
        // A comment segment that holds a whole JPEG, as EXIF does.
        let length = thumbnail.count + 2
        let commented =
            plain.prefix(2) + [0xFF, 0xFE, UInt8(length >> 8), UInt8(length & 255)] + thumbnail + plain.dropFirst(2)
        let files: [(String, [UInt8])] = [
            ("a.jpg", plain), ("b.jpg", Array(commented)), ("c.png", try image.encoded(.png)),
            ("d.tiff", try image.encoded(.tiff)),
        ]
        for (name, bytes) in files {
            let folder = try ScratchFolder()
            try folder.write(bytes, to: name)
            #expect(await SourceLog.read(try PictureFolderSource(folder: folder.root)).frames.count == 1, "\(name)")
            try folder.write(bytes + [UInt8](repeating: 0, count: 100), to: name)
            #expect(await SourceLog.read(try PictureFolderSource(folder: folder.root)).frames.count == 1, "\(name)")
            for kept in [bytes.count / 4, bytes.count / 2, bytes.count * 9 / 10] {
                try folder.write(Array(bytes.prefix(kept)), to: name)
                let log = await SourceLog.read(try PictureFolderSource(folder: folder.root))
                #expect(log.frames.isEmpty && log.skipped.count == 1, "\(name), \(kept) bytes")
            }
        }
    }

    @Test func addressesOpenTheSourceTheyName() async throws {
        let folder = try ScratchFolder()
        for n in 0..<3 { try folder.write(Self.picture(n).encoded(.png), to: "p/\(n).png") }
        #expect(await SourceLog.read(try await FootageSources.open(folder.path("p"))).frames.count == 3)
        #expect(await SourceLog.read(try await FootageSources.open(folder.path("p/1.png"))).frames.map(\.number) == [1])
        #expect(await SourceLog.read(try await FootageSources.open(folder.path("p/[12].png"))).frames.count == 2)
        try FileManager.default.createDirectory(atPath: folder.path("empty"), withIntermediateDirectories: true)
        for bad in [folder.path("no"), folder.path("*.zip"), folder.path("empty"), "http://u:secret@h/x", ""] {
            let error = await #expect(throws: SourceError.self) { try await FootageSources.open(bad) }
            #expect(error?.remedy.isEmpty == false && error?.description.contains("secret") == false)
        }
    }

    @Test func equalPixelsHaveEqualDigests() async throws {
        let folder = try ScratchFolder()
        for (name, number) in [("a.png", 1), ("b.png", 1), ("c.png", 2)] {
            try folder.write(Self.picture(number).encoded(.png), to: name)
        }
        let source = try PictureFolderSource(folder: folder.root)
        var digests: [String] = []
        while let event = try await source.next() {
            if case .frame(let frame) = event { digests.append("\(frame.contentDigest())") }
        }
        #expect(digests.count == 3 && digests[0] == digests[1] && digests[1] != digests[2])
    }

    static func first(_ source: any FrameSource) async throws -> Frame? {
        while let event = try await source.next() {
            if case .frame(let frame) = event { return frame }
        }
        return nil
    }
}
