import ShrikeCore

extension MISBPacket {
    /// Universal label of the UAS Datalink Local Set.
    static let key: [UInt8] = [
        0x06, 0x0E, 0x2B, 0x34, 0x02, 0x0B, 0x01, 0x01, 0x0E, 0x01, 0x03, 0x01, 0x01, 0x00, 0x00, 0x00,
    ]

    /// Decodes the packet at the start of `bytes`.
    ///
    /// - Throws: ``TelemetryError`` where the key, the length or the checksum is wrong.
    public static func decode(_ bytes: [UInt8], file: String = "klv") throws(TelemetryError) -> MISBPacket {
        let advice = "the stream is damaged or is no MISB ST 0601; record it again"
        guard bytes.starts(with: key) else {
            throw TelemetryError("no ST 0601 packet starts here", at: file, remedy: advice)
        }
        var reader = KLVReader(bytes, bytes.startIndex..<bytes.endIndex)
        reader.skip(key.count)
        guard let length = reader.length(), let range = reader.take(length) else {
            throw TelemetryError("the packet is cut", at: file, remedy: advice)
        }
        guard isSound(bytes[..<range.upperBound], value: range) else {
            throw TelemetryError("the packet's checksum does not hold", at: file, remedy: advice)
        }
        var packet = MISBPacket()
        packet.read(KLVReader(bytes, range))
        return packet
    }

    /// The running 16-bit sum of ST 0601 over everything up to the checksum's own value (tag 1, length 2, last).
    private static func isSound(_ packet: ArraySlice<UInt8>, value: Range<Int>) -> Bool {
        guard value.count >= 4 else { return false }
        let end = packet.endIndex
        guard packet[end - 4] == 1, packet[end - 3] == 2 else { return false }
        var sum: UInt16 = 0
        for (index, byte) in packet.dropLast(2).enumerated() {
            sum &+= index.isMultiple(of: 2) ? UInt16(byte) << 8 : UInt16(byte)
        }
        return sum == UInt16(packet[end - 2]) << 8 | UInt16(packet[end - 1])
    }

    private mutating func read(_ items: KLVReader) {
        var items = items
        var values: [Int: KLVReader] = [:]
        while let tag = items.tag(), let length = items.length(), let range = items.take(length) {
            values[tag] = KLVReader(items.bytes, range)
        }
        func unsigned(_ tag: Int, _ count: Int, _ low: Double, _ high: Double) -> Double? {
            values[tag]?.unsigned(count: count).map {
                low + Double($0) / Double(UInt64.max >> (64 - 8 * count)) * (high - low)
            }
        }
        // The most negative number is the standard's mark for an error.
        func signed(_ tag: Int, _ count: Int, _ limit: Double) -> Double? {
            guard let value = values[tag]?.signed(count: count), value != -(1 << (8 * count - 1)) else { return nil }
            return Double(value) / Double((1 << (8 * count - 1)) - 1) * limit
        }
        time = values[2]?.unsigned(count: 8).flatMap { Int64(exactly: $0) }.map { Timestamp(microseconds: $0) }
        platformHeading = unsigned(5, 2, 0, 360)
        platformPitch = signed(90, 4, 90) ?? signed(6, 2, 20)
        platformRoll = signed(91, 4, 90) ?? signed(7, 2, 50)
        sensorLatitude = signed(13, 4, 90)
        sensorLongitude = signed(14, 4, 180)
        sensorAltitude = unsigned(15, 2, -900, 19_000) ?? unsigned(75, 2, -900, 19_000)
        horizontalFieldOfView = unsigned(16, 2, 0, 180)
        verticalFieldOfView = unsigned(17, 2, 0, 180)
        relativeAzimuth = unsigned(18, 4, 0, 360)
        relativeElevation = signed(19, 4, 180)
        relativeRoll = unsigned(20, 4, 0, 360)
        slantRange = unsigned(21, 4, 0, 5_000_000)
        if let latitude = signed(23, 4, 90), let longitude = signed(24, 4, 180) {
            frameCenter = Corner(latitude: latitude, longitude: longitude)
        }
        frameCenterElevation = unsigned(25, 2, -900, 19_000)
        var found: [Corner] = []
        for index in 0..<4 {
            if let latitude = signed(82 + 2 * index, 4, 90), let longitude = signed(83 + 2 * index, 4, 180) {
                found.append(Corner(latitude: latitude, longitude: longitude))
            } else if let center = frameCenter, let dLat = signed(26 + 2 * index, 2, 0.075),
                let dLon = signed(27 + 2 * index, 2, 0.075)
            {
                found.append(Corner(latitude: center.latitude + dLat, longitude: center.longitude + dLon))
            }
        }
        corners = found.count == 4 ? found : nil
    }
}
