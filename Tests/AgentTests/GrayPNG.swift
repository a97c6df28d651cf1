import Foundation

/// An even gray PNG, written without a compressor (zlib stored blocks).
enum GrayPNG {
    static func bytes(width: Int, height: Int, value: UInt8) -> Data {
        let rows = Data((0..<height).flatMap { _ in [UInt8(0)] + [UInt8](repeating: value, count: width) })
        var zlib = Data([0x78, 0x01, 0x01])
        for number in [UInt16(rows.count), ~UInt16(rows.count)] {
            zlib.append(contentsOf: [UInt8(number & 255), UInt8(number >> 8)])
        }
        zlib.append(rows)
        zlib.append(big(adler(rows)))
        var png = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
        png.append(chunk("IHDR", big(UInt32(width)) + big(UInt32(height)) + Data([8, 0, 0, 0, 0])))
        png.append(chunk("IDAT", zlib))
        png.append(chunk("IEND", Data()))
        return png
    }

    private static func chunk(_ name: String, _ content: Data) -> Data {
        let body = Data(name.utf8) + content
        return big(UInt32(content.count)) + body + big(crc(body))
    }

    private static func big(_ value: UInt32) -> Data {
        Data([24, 16, 8, 0].map { UInt8(value >> UInt32($0) & 255) })
    }

    private static func crc(_ bytes: Data) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
        }
        return ~crc
    }

    private static func adler(_ bytes: Data) -> UInt32 {
        var (a, b) = (UInt32(1), UInt32(0))
        for byte in bytes {
            a = (a + UInt32(byte)) % 65_521
            b = (b + a) % 65_521
        }
        return b << 16 | a
    }
}
