import Imaging
import ShrikeCore
import Testing

@testable import DefectIdentity

@Suite struct AppearanceDescriptorTests {
    private func picture(_ value: (Int, Int) -> UInt8) throws -> Image {
        var image = try Image(width: 64, height: 64, channels: 1)
        let step = image.bytesPerRow
        image.withUnsafeMutableBytes { bytes in
            for y in 0..<64 { for x in 0..<64 { bytes[y * step + x] = value(x, y) } }
        }
        return image
    }

    private let box = Box(x: 16, y: 16, width: 32, height: 32)

    @Test func brightnessAndContrastDoNotCount() throws {
        let a = try AppearanceDescriptor(of: picture { x, y in UInt8(40 + x + (y > 30 ? 60 : 0)) }, box: box)
        let b = try AppearanceDescriptor(of: picture { x, y in UInt8(90 + x / 2 + (y > 30 ? 30 : 0)) }, box: box)
        let similarity = try #require(a).similarity(try #require(b))
        #expect(similarity > 0.95)
    }

    @Test func anotherPatternIsLessLike() throws {
        let a = try AppearanceDescriptor(of: picture { x, _ in UInt8(x * 3) }, box: box)
        let b = try AppearanceDescriptor(of: picture { _, y in UInt8(y * 3) }, box: box)
        #expect(try #require(a).similarity(try #require(b)) < 0.3)
    }

    @Test func aBoxOutsideOrTooSmallHasNone() throws {
        let image = try picture { x, _ in UInt8(x) }
        #expect(try AppearanceDescriptor(of: image, box: Box(x: 100, y: 0, width: 9, height: 9)) == nil)
        #expect(try AppearanceDescriptor(of: image, box: Box(x: 4, y: 4, width: 2, height: 9)) == nil)
        #expect(try AppearanceDescriptor(of: image, box: Box(x: .nan, y: 0, width: .infinity, height: 9)) == nil)
        #expect(try AppearanceDescriptor(of: image, box: Box(x: -1e300, y: 0, width: 1e300, height: 9), rim: 0) == nil)
    }
}
