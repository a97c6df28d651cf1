/// Finds `drone-dji` properties in an XMP packet, as attributes and as elements, without reading it as XML.
enum XMPProperties {
    private static let prefix: [UInt8] = Array("drone-dji:".utf8)
    /// Bytes of a packet that are looked at; JPEG allows 64 KB.
    private static let mostBytes = 1 << 20

    static func read(_ packet: ArraySlice<UInt8>, into metadata: inout PictureMetadata) {
        let properties = properties(in: packet.prefix(mostBytes))
        guard !properties.isEmpty else { return }
        func number(_ names: String...) -> Double? {
            for name in names {
                if let value = properties[name].flatMap(decimal) { return value }
            }
            return nil
        }
        func angle(_ name: String) -> Double? { number(name).flatMap { abs($0) <= 720 ? $0 : nil } }
        var drone = metadata.drone ?? DroneMetadata()
        // "Longtitude" is how most firmware spells it.
        if let latitude = number("GpsLatitude", "Latitude"),
            let longitude = number("GpsLongitude", "GpsLongtitude", "Longitude", "Longtitude"), abs(latitude) <= 90,
            abs(longitude) <= 180, abs(latitude) > 1e-6 || abs(longitude) > 1e-6
        {
            (drone.latitude, drone.longitude) = (latitude, longitude)
        }
        drone.relativeAltitude = number("RelativeAltitude")
        drone.absoluteAltitude = number("AbsoluteAltitude")
        drone.gimbalYaw = angle("GimbalYawDegree")
        drone.gimbalPitch = angle("GimbalPitchDegree")
        drone.gimbalRoll = angle("GimbalRollDegree")
        drone.flightYaw = angle("FlightYawDegree")
        drone.flightPitch = angle("FlightPitchDegree")
        drone.flightRoll = angle("FlightRollDegree")
        drone.calibratedFocalLengthPixels = number("CalibratedFocalLength")
        drone.isGimbalReversed = number("GimbalReverse").map { $0 != 0 }
        drone.rtkFlag = number("RtkFlag").flatMap { Int(exactly: $0) }
        drone.rtkStandardDeviationLatitude = number("RtkStdLat")
        drone.rtkStandardDeviationLongitude = number("RtkStdLon")
        drone.rtkStandardDeviationHeight = number("RtkStdHgt")
        if properties["LRFStatus"] == "Normal" { drone.laserRange = number("LRFTargetDistance") }
        metadata.drone = drone
    }

    /// `drone-dji:Name="value"` and `<drone-dji:Name>value</drone-dji:Name>`; the first of each name counts.
    private static func properties(in packet: ArraySlice<UInt8>) -> [String: String] {
        var result: [String: String] = [:]
        var index = packet.startIndex
        while let hit = next(prefix, in: packet, from: index) {
            let isElement = hit > packet.startIndex && packet[hit - 1] == 0x3C
            let isClosing = hit > packet.startIndex && packet[hit - 1] == 0x2F
            let nameStart = hit + prefix.count
            let nameEnd = packet[nameStart...].firstIndex { !isNameByte($0) } ?? packet.endIndex
            index = nameEnd
            guard !isClosing, nameEnd < packet.endIndex, nameEnd - nameStart <= 64 else { continue }
            var cursor = nameEnd
            func skipBlanks() {
                while cursor < packet.endIndex, packet[cursor] == 32 || (9...13).contains(packet[cursor]) {
                    cursor += 1
                }
            }
            skipBlanks()
            var end: UInt8
            if isElement {
                guard cursor < packet.endIndex, packet[cursor] == 0x3E else { continue }
                end = 0x3C
            } else {
                guard cursor < packet.endIndex, packet[cursor] == 0x3D else { continue }
                cursor += 1
                skipBlanks()
                guard cursor < packet.endIndex, packet[cursor] == 0x22 || packet[cursor] == 0x27 else { continue }
                end = packet[cursor]
            }
            let valueStart = cursor + 1
            guard valueStart <= packet.endIndex, let stop = packet[valueStart...].firstIndex(of: end) else { continue }
            index = stop
            let name = String(decoding: packet[nameStart..<nameEnd], as: UTF8.self)
            let value = packet[valueStart..<stop].prefix(128)
            if result[name] == nil { result[name] = trimmed(value) }
        }
        return result
    }

    private static func next(_ needle: [UInt8], in packet: ArraySlice<UInt8>, from start: Int) -> Int? {
        guard let first = needle.first else { return nil }
        var index = start
        while index <= packet.endIndex - needle.count, let hit = packet[index...].firstIndex(of: first) {
            if packet[hit...].starts(with: needle) { return hit }
            index = hit + 1
        }
        return nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (97...122).contains(byte | 32) || byte == 95
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> String {
        let start = bytes.firstIndex { $0 > 32 } ?? bytes.endIndex
        let end = bytes.lastIndex { $0 > 32 }.map { $0 + 1 } ?? start
        return String(decoding: bytes[start..<max(start, end)], as: UTF8.self)
    }

    /// A decimal number with optional sign; nil for anything else, `nan` and `inf` included.
    private static func decimal(_ text: String) -> Double? {
        guard text.utf8.allSatisfy({ (48...57).contains($0) || $0 == 43 || $0 == 45 || $0 == 46 }) else { return nil }
        return Double(text).flatMap { abs($0) < 1e9 ? $0 : nil }
    }
}
