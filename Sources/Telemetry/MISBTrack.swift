import ShrikeCore

/// Reader of a stream of MISB ST 0601 packets, as taken out of a transport stream.
public enum MISBTrack {
    /// Finds the packets by their key; bytes between them are stepped over, damaged packets reported and left out.
    ///
    /// Media time counts from the clock's start of the recording; without one, from the first packet.
    ///
    /// - Throws: ``TelemetryError`` where no sound packet with a time is found.
    public static func parse(
        _ bytes: [UInt8], file: String, clock: TrackClock = TrackClock()
    ) throws(TelemetryError) -> TelemetryTrack {
        try TelemetryLimits.check(byteCount: bytes.count, file: file)
        var log = IssueLog(file: file)
        var samples: [TelemetrySample] = []
        try forEachPacket(in: bytes, file: file, log: &log) { packet, start, log throws(TelemetryError) in
            guard packet.time != nil else {
                log.add(.noTime, line: nil, "the packet at byte \(start) carries no time")
                return
            }
            samples.append(sample(packet))
            guard samples.count <= TelemetryLimits.samples else {
                throw TelemetryLimits.tooManySamples(file: file, line: 0)
            }
        }
        guard !samples.isEmpty else {
            throw TelemetryError(
                "no sound ST 0601 packet with a time", at: file,
                remedy: "extract the data stream: ffmpeg -i VIDEO -map 0:d:0 -c copy -f data out.klv")
        }
        clock.place(&samples, log: &log)
        return TelemetryTrack(
            file: file, samples: samples, issues: log.issues, variants: ["misb-st0601"], method: .klv,
            clockQuality: .gps)
    }

    /// Calls `body` with every sound packet in the bytes and the byte it starts at.
    static func forEachPacket(
        in bytes: [UInt8], file: String, log: inout IssueLog,
        _ body: (MISBPacket, Int, inout IssueLog) throws(TelemetryError) -> Void
    ) throws(TelemetryError) {
        var position = 0
        while let start = nextKey(in: bytes, from: position) {
            var reader = KLVReader(bytes, start..<bytes.count)
            reader.skip(MISBPacket.key.count)
            // A wrong length must not hide the packets after it, so a damaged one is left by its key only.
            position = start + MISBPacket.key.count
            guard let length = reader.length(), let range = reader.take(length) else {
                log.add(.cutBlock, line: nil, "the packet at byte \(start) is cut")
                continue
            }
            let packet: MISBPacket
            do throws(TelemetryError) {
                packet = try MISBPacket.decode(Array(bytes[start..<range.upperBound]), file: "\(file) byte \(start)")
            } catch {
                log.add(.checksum, line: nil, error.description)
                continue
            }
            position = range.upperBound
            try body(packet, start, &log)
        }
    }

    static func sample(_ packet: MISBPacket) -> TelemetrySample {
        var camera = CameraState()
        camera.flightYaw = packet.platformHeading.map { Float($0) }
        camera.flightPitch = packet.platformPitch.map { Float($0) }
        camera.flightRoll = packet.platformRoll.map { Float($0) }
        camera.slantRange = packet.slantRange.map { Float($0) }
        camera.groundElevation = packet.frameCenterElevation.map { Float($0) }
        return TelemetrySample(mediaTime: .zero, localTime: packet.time, pose: packet.pose, camera: camera)
    }

    private static func nextKey(in bytes: [UInt8], from start: Int) -> Int? {
        var index = start
        while index <= bytes.count - MISBPacket.key.count, let hit = bytes[index...].firstIndex(of: MISBPacket.key[0]) {
            if bytes[hit...].starts(with: MISBPacket.key) { return hit }
            index = hit + 1
        }
        return nil
    }
}
