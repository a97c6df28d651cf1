import Foundation

/// Builds the headers of a JPEG with EXIF and XMP, byte by byte, for tests.
struct PictureBuilder {
    var isBigEndian = false
    var exif: [(tag: UInt16, type: UInt16, value: [UInt8], count: Int)] = []
    var gps: [(tag: UInt16, type: UInt16, value: [UInt8], count: Int)] = []
    var primary: [(tag: UInt16, type: UInt16, value: [UInt8], count: Int)] = []
    var xmp: String?
    var extraSegments: [(kind: UInt8, payload: [UInt8])] = []

    func short(_ v: UInt16) -> [UInt8] {
        isBigEndian ? [UInt8(v >> 8), UInt8(v & 255)] : [UInt8(v & 255), UInt8(v >> 8)]
    }

    func long(_ v: Int) -> [UInt8] {
        let b = [UInt8(v >> 24 & 255), UInt8(v >> 16 & 255), UInt8(v >> 8 & 255), UInt8(v & 255)]
        return isBigEndian ? b : b.reversed()
    }

    func rationals(_ values: [(Int, Int)]) -> [UInt8] { values.flatMap { long($0.0) + long($0.1) } }

    func ascii(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }

    private func directory(
        _ entries: [(tag: UInt16, type: UInt16, value: [UInt8], count: Int)], at offset: Int
    ) -> [UInt8] {
        var table = short(UInt16(entries.count))
        var heap: [UInt8] = []
        let heapStart = offset + 2 + 12 * entries.count + 4
        for e in entries {
            table += short(e.tag) + short(e.type) + long(e.count)
            if e.value.count <= 4 {
                table += e.value + [UInt8](repeating: 0, count: 4 - e.value.count)
            } else {
                table += long(heapStart + heap.count)
                heap += e.value
            }
        }
        return table + long(0) + heap
    }

    var tiff: [UInt8] {
        var body: [UInt8] = isBigEndian ? [0x4D, 0x4D] : [0x49, 0x49]
        body += short(42) + long(8)
        let pointers = 2
        var first = primary
        let size = directory(first, at: 0).count + 12 * pointers
        let exifStart = 8 + size
        let exifBytes = directory(exif, at: exifStart)
        first.append((0x8769, 4, long(exifStart), 1))
        first.append((0x8825, 4, long(exifStart + exifBytes.count), 1))
        return body + directory(first, at: 8) + exifBytes + directory(gps, at: exifStart + exifBytes.count)
    }

    func segment(_ kind: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [0xFF, kind, UInt8((payload.count + 2) >> 8), UInt8((payload.count + 2) & 255)] + payload
    }

    var jpeg: [UInt8] {
        var out: [UInt8] = [0xFF, 0xD8] + segment(0xE1, Array("Exif\0\0".utf8) + tiff)
        if let xmp { out += segment(0xE1, Array("http://ns.adobe.com/xap/1.0/\0".utf8) + Array(xmp.utf8)) }
        for extra in extraSegments { out += segment(extra.kind, extra.payload) }
        out += segment(0xC0, [8, 0x0B, 0xB8, 0x0F, 0xA0, 3, 1, 0x21, 0, 2, 0x11, 1, 3, 0x11, 1])
        return out + [0xFF, 0xDA, 0, 2, 1, 2, 3, 0xFF, 0xD9]
    }

    /// A drone still with everything set.
    static func complete(isBigEndian: Bool = false) -> PictureBuilder {
        var b = PictureBuilder(isBigEndian: isBigEndian)
        b.primary = [
            (0x010F, 2, b.ascii("DJI"), 4), (0x0110, 2, b.ascii("FC300S "), 8), (0x0112, 3, b.short(6), 1),
        ]
        b.exif = [
            (0x9003, 2, b.ascii("2016:06:23 16:37:35"), 20), (0x9011, 2, b.ascii("+02:00"), 7),
            (0x9291, 2, b.ascii("250"), 4), (0xA404, 5, b.rationals([(2, 1)]), 1), (0xA405, 3, b.short(20), 1),
        ]
        b.gps = [
            (1, 2, b.ascii("S"), 2), (2, 5, b.rationals([(34, 1), (30, 1), (36, 1)]), 3), (3, 2, b.ascii("W"), 2),
            (4, 5, b.rationals([(58, 1), (15, 1), (0, 1)]), 3), (5, 1, [0], 1), (6, 5, b.rationals([(1983, 10)]), 1),
        ]
        b.xmp = """
            <x:xmpmeta><rdf:Description drone-dji:AbsoluteAltitude="+198.31" drone-dji:RelativeAltitude = '+39.80'
             drone-dji:GpsLatitude="-34.51000123" drone-dji:GpsLongtitude="-58.25000456">
            <drone-dji:GimbalYawDegree>+45.00</drone-dji:GimbalYawDegree>
            <drone-dji:GimbalPitchDegree>-89.90</drone-dji:GimbalPitchDegree>
            <drone-dji:GimbalRollDegree>nan</drone-dji:GimbalRollDegree></rdf:Description></x:xmpmeta>
            """
        return b
    }
}
