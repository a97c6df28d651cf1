import ShrikeCore

/// Reads the EXIF tags we use from a TIFF structure: first picture, Exif and GPS directories (EXIF 2.32, CIPA DC-008).
enum TIFFDirectories {
    /// Entries of one directory that are looked at; cameras write fewer than a hundred.
    private static let mostEntries = 512

    /// - Parameter range: From the byte-order mark on; offsets count from its start.
    static func read(_ bytes: [UInt8], in range: Range<Int>, into metadata: inout PictureMetadata) {
        var reader = ByteReader(bytes, range)
        guard let order = reader.slice(at: 0, count: 2), order.first == order.last else { return }
        reader.isBigEndian = order.first == 0x4D
        guard reader.uint16(at: 2) == 42, let first = reader.uint32(at: 4) else { return }
        var exif: Int?
        var gps: Int?
        for entry in entries(at: Int(first), reader) {
            switch entry.tag {
            case 0x0100: metadata.width = entry.integer(reader)
            case 0x0101: metadata.height = entry.integer(reader)
            case 0x010F: metadata.cameraMake = entry.text(reader)
            case 0x0110: metadata.cameraModel = entry.text(reader)
            case 0x0112: metadata.orientation = entry.integer(reader).flatMap { (1...8).contains($0) ? $0 : nil }
            case 0x02BC: if let xmp = entry.payload(reader) { XMPProperties.read(xmp, into: &metadata) }
            case 0x8769: exif = entry.integer(reader)
            case 0x8825: gps = entry.integer(reader)
            default: break
            }
        }
        if let exif { readExif(entries(at: exif, reader), reader, into: &metadata) }
        if let gps { readGPS(entries(at: gps, reader), reader, into: &metadata) }
    }

    private static func entries(at offset: Int, _ reader: ByteReader) -> [TIFFEntry] {
        guard offset >= 8, let count = reader.uint16(at: offset) else { return [] }
        return (0..<min(Int(count), mostEntries)).compactMap { TIFFEntry(reader, at: offset + 2 + 12 * $0) }
    }

    private static func readExif(_ entries: [TIFFEntry], _ reader: ByteReader, into metadata: inout PictureMetadata) {
        var date: Timestamp?
        var fraction: Int64 = 0
        for entry in entries {
            switch entry.tag {
            case 0x9003: date = entry.text(reader).flatMap(civilTime)
            case 0x9291: fraction = entry.text(reader).map(microseconds) ?? 0
            case 0x9011: metadata.localTimeOffset = entry.text(reader).flatMap(zoneOffset)
            case 0xA002: metadata.width = metadata.width ?? entry.integer(reader)
            case 0xA003: metadata.height = metadata.height ?? entry.integer(reader)
            case 0xA404:
                metadata.digitalZoom = entry.rationals(reader).first.flatMap { $0 >= 1 && $0 < 1000 ? $0 : nil }
            case 0xA405:
                metadata.focalLength35 = entry.integer(reader).flatMap { (1...10_000).contains($0) ? Double($0) : nil }
            default: break
            }
        }
        metadata.localTime = date?.advanced(by: MediaTime(microseconds: fraction))
    }

    private static func readGPS(_ entries: [TIFFEntry], _ reader: ByteReader, into metadata: inout PictureMetadata) {
        var letters: [UInt16: Character] = [:]
        var latitude: Double?
        var longitude: Double?
        var altitude: Double?
        var isBelowSea = false
        var clock: [Double] = []
        var day: String?
        for entry in entries {
            switch entry.tag {
            case 1, 3: letters[entry.tag] = entry.text(reader)?.uppercased().first
            case 2: latitude = degrees(entry.rationals(reader))
            case 4: longitude = degrees(entry.rationals(reader))
            case 5: isBelowSea = entry.payload(reader)?.first == 1
            case 6: altitude = entry.rationals(reader).first
            case 7: clock = entry.rationals(reader)
            case 29: day = entry.text(reader)
            default: break
            }
        }
        // Without its letter a coordinate may lie on either side; that is no place.
        if let latitude, let longitude, let ns = letters[1], let ew = letters[3], "NS".contains(ns), "EW".contains(ew),
            latitude <= 90, longitude <= 180, latitude > 1e-6 || longitude > 1e-6
        {
            metadata.latitude = ns == "S" ? -latitude : latitude
            metadata.longitude = ew == "W" ? -longitude : longitude
        }
        metadata.altitude = altitude.flatMap { $0 < 100_000 ? (isBelowSea ? -$0 : $0) : nil }
        guard let day, clock.count == 3, clock[0] < 24, clock[1] < 60, clock[2] < 61,
            let midnight = civilTime(day + " 00:00:00")
        else { return }
        let seconds = clock[0].rounded(.down) * 3600 + clock[1] * 60 + clock[2]
        metadata.gpsTime = midnight.advanced(by: MediaTime(seconds: seconds))
    }

    /// Degrees, minutes and seconds as one number; nil for anything but three sound values.
    private static func degrees(_ parts: [Double]) -> Double? {
        guard parts.count == 3, parts[0] <= 180, parts[1] < 60.001, parts[2] < 60.001 else { return nil }
        return parts[0] + parts[1] / 60 + parts[2] / 3600
    }

    /// `2016:06:23 16:37:35`; some writers use dashes.
    private static func civilTime(_ text: String) -> Timestamp? {
        let parts = text.split(whereSeparator: { ": -".contains($0) }).map { Int64($0) }
        guard parts.count == 6 else { return nil }
        let numbers = parts.compactMap(\.self)
        guard numbers.count == 6, numbers[0] >= 1970 else { return nil }
        return Timestamp(
            year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3], minute: numbers[4],
            second: numbers[5])
    }

    /// Digits after the point of a second.
    private static func microseconds(_ text: String) -> Int64 {
        let digits = text.prefix { $0.isASCII && $0.isNumber }.prefix(6)
        guard var value = Int64(digits) else { return 0 }
        for _ in digits.count..<6 { value *= 10 }
        return value
    }

    /// `+08:00`.
    private static func zoneOffset(_ text: String) -> MediaTime? {
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        let parts = text.dropFirst().split(separator: ":").map { Int64($0) }
        guard parts.count == 2, let hours = parts[0], let minutes = parts[1], (0...14).contains(hours),
            (0..<60).contains(minutes)
        else { return nil }
        return MediaTime(seconds: Double((sign == "-" ? -1 : 1) * (hours * 3600 + minutes * 60)))
    }
}
