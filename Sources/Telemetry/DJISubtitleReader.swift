import ShrikeCore

/// Cuts subtitle text into cues, leniently: blank lines, numbers and cue times may be missing or doubled.
struct DJISubtitleReader {
    private let file: String
    private var lines: LineReader
    private var log: IssueLog
    private var cue: DJICue?
    private var isAfterBlank = false
    private var samples: [TelemetrySample] = []
    private var places = CoordinateResolver()
    private var variants: [String] = []
    private var decimals: Int?
    private var clock = CueClock()
    private var cueCount = 0

    init(_ text: [UInt8], file: String) {
        self.file = file
        lines = LineReader(text)
        log = IssueLog(file: file)
    }

    mutating func readAll() throws(TelemetryError) {
        while let range = lines.next() {
            guard range.count <= TelemetryLimits.lineBytes else {
                log.add(.longLine, line: lines.lineNumber, "a line of \(range.count) bytes was left out")
                continue
            }
            try take(range)
        }
        try finishCue(isLast: true)
    }

    private mutating func take(_ range: Range<Int>) throws(TelemetryError) {
        guard !range.isEmpty else {
            isAfterBlank = true
            return
        }
        defer { isAfterBlank = false }
        var scanner = ByteScanner(lines.bytes, range)
        if let number = scanner.digits(maximum: 12), scanner.isAtEnd {
            try startCue()
            cue?.number = number.value
            return
        }
        if isCueTime(range) {
            if cue == nil || cue?.start != nil || cue?.hasPayload == true { try startCue() }
            var scanner = ByteScanner(lines.bytes, range)
            cue?.start = scanner.cueTime()
            if cue?.start == nil { log.add(.unreadable, line: lines.lineNumber, "the cue time cannot be read") }
            return
        }
        if cue == nil || (isAfterBlank && cue?.hasPayload == true) { try startCue() }
        if lines.bytes[range].contains(where: { $0 >= 0x80 }),
            String(validating: lines.bytes[range], as: UTF8.self) == nil
        {
            log.add(.encoding, line: lines.lineNumber, "bytes that are no UTF-8 were skipped")
        }
        let mayBeCut = lines.endsUnterminated && range.upperBound == lines.bytes.count
        var line = DJILineScanner(lines.bytes, range, mayBeCut: mayBeCut)
        if var current = cue {
            // Moved out and back, so the scanner writes into one place and nothing is copied twice.
            cue = nil
            line.read(into: &current)
            current.hasPayload = true
            cue = current
        }
    }

    private func isCueTime(_ range: Range<Int>) -> Bool {
        guard range.count >= 7, lines.bytes[range.lowerBound].isDigit else { return false }
        var scanner = ByteScanner(lines.bytes, range)
        while !scanner.isAtEnd {
            if scanner.current == 45, scanner.peek(1) == 45, scanner.peek(2) == 62 { return true }
            scanner.advance()
        }
        return false
    }

    private mutating func startCue() throws(TelemetryError) {
        try finishCue(isLast: false)
        cue = DJICue(firstLine: lines.lineNumber)
    }

    private mutating func finishCue(isLast: Bool) throws(TelemetryError) {
        guard var done = cue else { return }
        cue = nil
        cueCount += 1
        guard cueCount <= TelemetryLimits.samples else {
            throw TelemetryLimits.tooManySamples(file: file, line: done.firstLine)
        }
        done.settle()
        let isCut = done.isCut || (isLast && done.position == nil && !done.mentionsPosition && !places.isEmpty)
        if isCut { log.add(.cutBlock, line: done.firstLine, "the block is cut; what is complete in it is kept") }
        guard let variant = done.variant ?? (done.localTime == nil ? nil : "dji-dates-only") else {
            if !isCut { log.add(.unreadable, line: done.firstLine, "the block holds no telemetry") }
            return
        }
        // A cut block without a place would end the track in nowhere.
        if isCut, done.position == nil, !places.isEmpty { return }
        guard let time = clock.mediaTime(of: done, log: &log) else { return }
        if !variants.contains(variant) { variants.append(variant) }
        decimals = [decimals, done.decimals].compactMap(\.self).max()
        places.add(done, sample: samples.count)
        samples.append(
            TelemetrySample(mediaTime: time, localTime: done.localTime, pose: done.pose, camera: done.camera))
    }

    mutating func track(coordinateOrder: CoordinateOrder?) throws(TelemetryError) -> TelemetryTrack {
        guard !samples.isEmpty else {
            let what = cueCount == 0 ? "no subtitle block was found" : "no telemetry in \(cueCount) subtitle blocks"
            let reason = log.issues.first.map { " (line \($0.line ?? 0): \($0.what))" } ?? ""
            throw TelemetryError(
                what + reason, at: file, remedy: "copy the file from the card again, or replay without telemetry")
        }
        places.resolve(into: &samples, hint: coordinateOrder, log: &log)
        if !samples.contains(where: \.hasPlace) {
            log.add(.noCoordinates, line: nil, "no place in the whole file; only its times and camera values are used")
        }
        if let first = samples.first, first.mediaTime.microseconds > 60_000_000 {
            log.add(
                .lateStart, line: nil,
                "the first cue is at \(Int(first.mediaTime.seconds)) s: the file may continue another recording; "
                    + "shift it if the video starts at zero")
        }
        if zip(samples, samples.dropFirst()).contains(where: { $1.mediaTime < $0.mediaTime }) {
            log.add(.timeOrder, line: nil, "cues are not in the order of time; they were sorted")
        }
        return TelemetryTrack(
            file: file, samples: samples, issues: log.issues, variants: variants, method: .srt,
            coordinateDecimals: samples.contains(where: \.hasPlace) ? decimals : nil)
    }
}
