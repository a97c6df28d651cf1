import ShrikeCore

/// Takes the packets of a transport stream in order and makes telemetry of its KLV streams.
struct TransportDemuxer {
    /// Pictures among whose times the first is looked for: they are stored in order of decoding.
    static let firstPictures = 16
    static let mostKLVStreams = 8

    private struct KLVStream {
        var kind: TransportProgram.Stream
        var assembler = PESAssembler()
        var cells = MetadataCells()
        var samples: [(time: Int64?, sample: TelemetrySample)] = []
    }

    private let file: String
    private var log: IssueLog
    private var association = TransportSections()
    private var maps: [Int: TransportSections] = [:]
    private var video: Set<Int> = []
    private var order: [Int] = []
    private var streams: [Int: KLVStream] = [:]
    private var pictures = 0
    private var start: Int64?
    private var lastPicture: Int64?

    init(file: String) {
        self.file = file
        log = IssueLog(file: file)
    }

    mutating func take(_ bytes: [UInt8], at position: Int) throws(TelemetryError) {
        guard let packet = TransportPacket(bytes, at: position) else { return }
        if packet.identifier == 0 {
            for section in association.take(bytes[packet.payload], startsUnit: packet.startsUnit) {
                for identifier in TransportProgram.maps(section) where maps[identifier] == nil && maps.count < 64 {
                    maps[identifier] = TransportSections()
                }
            }
        } else if video.contains(packet.identifier) {
            if packet.startsUnit, let times = PESAssembler.times(bytes[packet.payload]) {
                takePicture(shown: times.shown, decoded: times.decoded)
            }
        } else if streams[packet.identifier] != nil {
            let units = streams[packet.identifier]?.assembler.take(packet, bytes) ?? []
            for unit in units { try take(unit, of: packet.identifier) }
        } else if let sections = maps[packet.identifier]?.take(bytes[packet.payload], startsUnit: packet.startsUnit) {
            for section in sections { takeMap(section) }
        }
    }

    private mutating func takeMap(_ section: [UInt8]) {
        for (identifier, kind) in TransportProgram.streams(section) {
            if kind == .video {
                video.insert(identifier)
            } else if streams[identifier] == nil, streams.count < Self.mostKLVStreams {
                streams[identifier] = KLVStream(kind: kind)
                order.append(identifier)
            }
        }
    }

    private mutating func takePicture(shown time: Int64, decoded: Int64) {
        // Pictures stand in the order of decoding, so by that time a packet among them is nearest.
        lastPicture = decoded
        guard pictures < Self.firstPictures else { return }
        pictures += 1
        if let first = start, Self.difference(time, first) >= 0 { return }
        start = time
    }

    private mutating func take(_ unit: PESAssembler.Unit, of identifier: Int) throws(TelemetryError) {
        guard var stream = streams[identifier] else { return }
        // Out and back, so its samples are not copied.
        streams[identifier] = nil
        defer { streams[identifier] = stream }
        let parts = stream.kind == .synchronous ? stream.cells.take(unit.payload) : [Array(unit.payload)]
        let time = unit.time ?? lastPicture
        for part in parts {
            var samples = stream.samples
            stream.samples = []
            defer { stream.samples = samples }
            try MISBTrack.forEachPacket(in: part, file: "\(file) stream \(identifier)", log: &log) {
                packet, _, _ throws(TelemetryError) in
                samples.append((time, MISBTrack.sample(packet)))
                guard samples.count <= TelemetryLimits.samples else {
                    throw TelemetryLimits.tooManySamples(file: file, line: 0)
                }
            }
        }
    }

    /// Nil where no KLV stream was announced.
    mutating func finish() throws(TelemetryError) -> TelemetryTrack? {
        for identifier in order {
            if let unit = streams[identifier]?.assembler.finish() { try take(unit, of: identifier) }
        }
        guard !order.isEmpty else { return nil }
        guard let stream = order.compactMap({ streams[$0] }).first(where: { !$0.samples.isEmpty }) else {
            throw TelemetryError(
                "a KLV stream without a sound ST 0601 packet", at: file,
                remedy: "record it again, or replay without telemetry")
        }
        if stream.assembler.gaps > 0 {
            log.add(
                .cutBlock, line: nil, "packets of the metadata stream were lost in \(stream.assembler.gaps) places")
        }
        let first = start ?? stream.samples.lazy.compactMap(\.time).first
        var samples: [TelemetrySample] = []
        samples.reserveCapacity(stream.samples.count)
        for (time, sample) in stream.samples {
            guard let time, let first else {
                log.add(.noTime, line: nil, "a packet before the first picture has no time in the recording")
                continue
            }
            var sample = sample
            // 90 kHz to microseconds; within 33 bits, so the product is far from the limit.
            sample.mediaTime = MediaTime(microseconds: Self.difference(time, first) * 100 / 9)
            samples.append(sample)
        }
        guard !samples.isEmpty else {
            throw TelemetryError(
                "the metadata carries no time and there is no picture to tell it by", at: file,
                remedy: "extract the packets and replay them with the start of the recording")
        }
        return TelemetryTrack(
            file: file, samples: samples, issues: log.issues, variants: ["misb-st0601"], method: .klv,
            clockQuality: .gps)
    }

    /// `a - b` of two 33-bit times, the short way round.
    static func difference(_ a: Int64, _ b: Int64) -> Int64 {
        let turn: Int64 = 1 << 33
        let d = (a - b) % turn
        return d >= turn / 2 ? d - turn : d < -turn / 2 ? d + turn : d
    }
}
