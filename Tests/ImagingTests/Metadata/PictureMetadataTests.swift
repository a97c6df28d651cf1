import Foundation
import Imaging
import ShrikeCore
import Testing

@Suite("Metadata of stills")
struct PictureMetadataTests {
    @Test("EXIF and XMP are read in both byte orders", arguments: [false, true])
    func complete(isBigEndian: Bool) throws {
        let metadata = PictureMetadata.read(PictureBuilder.complete(isBigEndian: isBigEndian).jpeg)
        #expect(metadata.orientation == 6)
        #expect(metadata.cameraMake == "DJI")
        #expect(metadata.cameraModel == "FC300S")
        #expect(metadata.width == 4000 && metadata.height == 3000)
        #expect(metadata.latitude == -34.51)
        #expect(metadata.longitude == -58.25)
        #expect(metadata.altitude == 198.3)
        #expect(metadata.focalLength35 == 20)
        #expect(metadata.captureTime?.time.rfc3339 == "2016-06-23T14:37:35.250Z")
        #expect(metadata.captureTime?.quality == .file)
        let pose = try #require(metadata.pose)
        #expect(pose.latitude == -34.51000123 && pose.longitude == -58.25000456)
        #expect(pose.relativeAltitude == 39.8 && pose.absoluteAltitude == 198.31)
        #expect(pose.yaw == 45 && pose.pitch == -89.9 && pose.roll == nil)
        // 20 mm at zoom 2: 2 atan(18 / 40).
        #expect(abs((pose.horizontalFieldOfView ?? 0) - 48.4555) < 1e-3)
        #expect(metadata.thermalKind == nil)
    }

    @Test("a camera clock without a zone counts as UTC; the receiver's time wins over it")
    func times() {
        var builder = PictureBuilder.complete()
        builder.exif.remove(at: 1)
        #expect(PictureMetadata.read(builder.jpeg).captureTime?.time.rfc3339 == "2016-06-23T16:37:35.250Z")
        builder.gps.append((7, 5, builder.rationals([(14, 1), (37, 1), (3550, 100)]), 3))
        builder.gps.append((29, 2, builder.ascii("2016:06:23"), 11))
        let time = PictureMetadata.read(builder.jpeg).captureTime
        #expect(time?.time.rfc3339 == "2016-06-23T14:37:35.500Z")
        #expect(time?.quality == .gps)
    }

    @Test("0,0 and coordinates without their letters are no place")
    func noPlace() {
        var builder = PictureBuilder.complete()
        builder.xmp = "<a drone-dji:GpsLatitude='0.0' drone-dji:GpsLongitude='+0.000'/>"
        builder.gps[0] = (1, 2, builder.ascii("?"), 2)
        let metadata = PictureMetadata.read(builder.jpeg)
        #expect(metadata.latitude == nil && metadata.drone?.latitude == nil)
        #expect(metadata.pose?.latitude == nil)
    }

    @Test("a calibrated focal length in pixels gives the field of view")
    func calibrated() {
        var builder = PictureBuilder.complete()
        builder.xmp = "<a drone-dji:CalibratedFocalLength='2000' drone-dji:GimbalPitchDegree='-45'/>"
        #expect(abs((PictureMetadata.read(builder.jpeg).pose?.horizontalFieldOfView ?? 0) - 90) < 1e-9)
    }

    @Test("a thermal JPEG is known by its raw segments, a JPEG with a small APP3 is not one")
    func thermal() {
        var builder = PictureBuilder.complete()
        builder.extraSegments = [(0xE3, [UInt8](repeating: 7, count: 100)), (0xE4, [UInt8](repeating: 1, count: 200))]
        #expect(PictureMetadata.read(builder.jpeg).thermalKind == nil)
        builder.extraSegments = [
            (0xE3, [UInt8](repeating: 7, count: 60_000)), (0xE4, [UInt8](repeating: 1, count: 200)),
        ]
        #expect(PictureMetadata.read(builder.jpeg).thermalKind == .djiRadiometric)
    }

    @Test("TIFF files and PNG chunks carry the same tags")
    func otherContainers() {
        let builder = PictureBuilder.complete(isBigEndian: true)
        #expect(PictureMetadata.read(builder.tiff).latitude == -34.51)
        var png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        func chunk(_ name: String, _ payload: [UInt8]) {
            let n = payload.count
            png +=
                [0, UInt8(n >> 16 & 255), UInt8(n >> 8 & 255), UInt8(n & 255)] + Array(name.utf8) + payload + [
                    0, 0, 0, 0,
                ]
        }
        chunk("IHDR", [0, 0, 2, 128, 0, 0, 2, 0, 16, 0, 0, 0, 0])
        chunk("eXIf", builder.tiff)
        chunk("iTXt", Array("XML:com.adobe.xmp".utf8) + [0, 0, 0, 0, 0] + Array((builder.xmp ?? "").utf8))
        chunk("IDAT", [])
        let metadata = PictureMetadata.read(png)
        #expect(metadata.width == 640 && metadata.height == 512)
        #expect(metadata.longitude == -58.25)
        #expect(metadata.drone?.gimbalPitch == -89.9)
    }

    @Test("damaged headers never trap: 2,000 mutations of each container")
    func fuzz() {
        var random = SplitMix(state: 20_161_123)
        let builder = PictureBuilder.complete()
        let seeds = [builder.jpeg, builder.tiff, PictureBuilder.complete(isBigEndian: true).jpeg]
        var changed = 0
        for round in 0..<2000 {
            for seed in seeds {
                var bytes = seed
                for _ in 0..<(1 + Int(random.next() % 8)) {
                    let at = Int(random.next() % UInt64(bytes.count))
                    switch random.next() % 5 {
                    case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next())
                    case 1: bytes[at] = 0xFF
                    case 2: bytes[at] = 0
                    case 3: bytes.removeSubrange(at..<min(bytes.count, at + Int(random.next() % 16)))
                    default: bytes.insert(contentsOf: bytes[0..<min(bytes.count, 4)], at: at)
                    }
                    if bytes.isEmpty { bytes = [0xFF] }
                }
                if round % 10 == 0 { bytes = Array(bytes.prefix(Int(random.next() % UInt64(bytes.count)))) }
                let metadata = PictureMetadata.read(bytes)
                _ = (metadata.pose, metadata.captureTime)
                if metadata != PictureMetadata.read(seed) { changed += 1 }
                #expect(metadata.latitude.map { abs($0) <= 90 } != false)
                #expect(metadata.orientation.map { (1...8).contains($0) } != false)
            }
        }
        // The mutations reach what is parsed, else this test proves nothing.
        #expect(changed > 1000)
    }

    @Test("random bytes behind each magic never trap")
    func randomBytes() {
        var random = SplitMix(state: 7)
        for magic in [[0xFF, 0xD8], [0x49, 0x49, 42, 0, 8, 0, 0, 0], [0x4D, 0x4D, 0, 42, 0, 0, 0, 8]] as [[UInt8]] {
            for _ in 0..<2000 {
                let count = Int(random.next() % 400)
                let bytes = magic + (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
                #expect(PictureMetadata.read(bytes).pose?.latitude.map { abs($0) <= 90 } != false)
            }
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers everywhere.
private struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
