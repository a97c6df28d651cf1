import ShrikeCore

/// Reads the fields of one payload line into a cue. What it does not know it steps over.
struct DJILineScanner {
    private var scanner: ByteScanner
    /// The last line of a file without an end of line: a number that touches its end may lack digits.
    private let mayBeCut: Bool

    init(_ bytes: [UInt8], _ range: Range<Int>, mayBeCut: Bool) {
        scanner = ByteScanner(bytes, range)
        self.mayBeCut = mayBeCut
    }

    mutating func read(into cue: inout DJICue) {
        var sawCounter = false
        while let byte = scanner.current {
            if byte == 60 {
                readTag(into: &cue)
            } else if byte == 91 {
                readBracket(into: &cue)
            } else if byte.isDigit {
                if let time = scanner.civilTime() {
                    cue.localTime = cue.localTime ?? time
                    if sawCounter { cue.traits.insert(.dateOnCounterLine) }
                } else {
                    while let next = scanner.current, !next.isBlank, next != 91, next != 60 { scanner.advance() }
                }
            } else if byte.isLetter {
                sawCounter = readWord(into: &cue) || sawCounter
            } else {
                scanner.advance()
            }
        }
    }

    private mutating func readTag(into cue: inout DJICue) {
        let start = scanner.position
        while let byte = scanner.current, byte != 62 { scanner.advance() }
        if scanner.isAtEnd { cue.isCut = true }
        if scanner.lowercasedText(start..<min(start + 5, scanner.position)) == "<font" { cue.traits.insert(.font) }
        scanner.advance()
    }

    // MARK: `[key : value key: value]`

    private mutating func readBracket(into cue: inout DJICue) {
        scanner.advance()
        cue.traits.insert(.brackets)
        let start = scanner.position
        while let byte = scanner.current, byte != 93, byte != 91 { scanner.advance() }
        let isOpen = scanner.isAtEnd
        if isOpen { cue.isCut = true }
        var content = ByteScanner(scanner.bytes, start..<scanner.position)
        _ = scanner.skip(93)
        var key: Range<Int>?
        while let byte = content.current {
            if byte.isLetter || byte == 95 {
                let start = content.position
                while let next = content.current, next.isLetter || next.isDigit || next == 95 { content.advance() }
                key = start..<content.position
            } else if byte == 58, let name = key {
                key = nil
                content.advance()
                content.skipBlanks()
                apply(name: content.lowercasedText(name), value: &content, isOpen: isOpen, to: &cue)
            } else {
                content.advance()
            }
        }
    }

    private func apply(name: String, value: inout ByteScanner, isOpen: Bool, to cue: inout DJICue) {
        // A value that touches the end of an open bracket may lack digits.
        var token = value.decimalWithComma()
        if isOpen, value.isAtEnd { token = nil }
        let number = token?.value
        switch name {
        case "latitude":
            cue.mentionsPosition = true
            cue.namedLatitude = number
            cue.decimals = max(cue.decimals ?? 0, token?.decimals ?? 0)
        case "longitude", "longtitude":
            cue.mentionsPosition = true
            cue.namedLongitude = number
            cue.decimals = max(cue.decimals ?? 0, token?.decimals ?? 0)
            if name == "longtitude" { cue.traits.insert(.misspelledLongitude) }
        case "altitude":
            cue.pose.absoluteAltitude = number
            cue.traits.insert(.altitude)
        case "rel_alt":
            cue.pose.relativeAltitude = number
            cue.traits.insert(.relativeAltitude)
        case "abs_alt": cue.pose.absoluteAltitude = number
        case "gb_yaw":
            cue.pose.yaw = number.map(Angle.wrapped)
            cue.traits.insert(.gimbal)
        case "gb_pitch": cue.pose.pitch = number
        case "gb_roll": cue.pose.roll = number
        case "iso": cue.camera.iso = number.map { Float($0) }
        case "shutter": cue.camera.shutterSeconds = shutter(number, &value)
        case "fnum": cue.fNumberToken = token
        case "focal_len": cue.focalToken = token
        case "dzoom_ratio": cue.zoomToken = token
        case "delta": cue.traits.insert(.zoomDelta)
        case "vsync", "eis", "pp_vsync": cue.traits.insert(.stabilizer)
        default: break
        }
    }

    /// `1/1250.0` and `0.0008` are seconds, a bare `60` is a sixtieth.
    private func shutter(_ first: Double?, _ rest: inout ByteScanner) -> Float? {
        guard let first, first > 0 else { return nil }
        if rest.skip(47) {
            guard let divisor = rest.decimal()?.value, divisor > 0 else { return nil }
            return Float(first / divisor)
        }
        return Float(first > 1 ? 1 / first : first)
    }

    // MARK: `WORD value`, `WORD:value`, `WORD (a, b, c)`

    /// Returns whether the word was the frame counter.
    private mutating func readWord(into cue: inout DJICue) -> Bool {
        let start = scanner.position
        while let byte = scanner.current, byte.isLetter || byte == 46 || byte == 95 { scanner.advance() }
        let word = scanner.lowercasedText(start..<scanner.position)
        switch word {
        case "gps", "rtk": readPosition(isRTK: word == "rtk", into: &cue)
        case "home": readHome(into: &cue)
        case "f.pry", "g.pry": readAttitude(isGimbal: word == "g.pry", into: &cue)
        case "barometer", "hb": readBarometer(into: &cue)
        case "h": cue.pose.relativeAltitude = value(cutTo: &cue)
        case "d": cue.camera.homeDistance = value(cutTo: &cue).map { Float($0) }
        case "h.s": cue.camera.horizontalSpeed = value(cutTo: &cue).map { Float($0) }
        case "v.s": cue.camera.verticalSpeed = value(cutTo: &cue).map { Float($0) }
        case "iso": cue.camera.iso = value().map { Float($0) }
        case "ss", "shutter", "tv":
            if word == "ss" { cue.traits.insert(.exposureLine) }
            let first = value()
            cue.camera.shutterSeconds = shutter(first, &scanner)
        case "f":
            _ = scanner.skip(47)
            cue.camera.fNumber = value().map { Float($0) }
        case "fnum", "ir":
            if value() == nil, let letter = scanner.current, letter.lowercased == 102 { scanner.advance() }
            cue.camera.fNumber = scanner.decimal().map { Float($0.value) } ?? cue.camera.fNumber
        case "framecnt":
            cue.traits.insert(.frameCount)
            _ = value()
            return true
        case "srtcnt":
            cue.traits.insert(.subtitleCount)
            _ = value()
            return true
        default: break
        }
        return false
    }

    /// The number after an optional colon; the position stays before anything that is no number.
    private mutating func value() -> Double? {
        scanner.skipBlanks()
        _ = scanner.skip(58)
        scanner.skipBlanks()
        return scanner.decimal()?.value
    }

    /// As ``value()``, but nil and marked as cut where more digits may have followed.
    private mutating func value(cutTo cue: inout DJICue) -> Double? {
        guard let number = value() else { return nil }
        guard !(scanner.isAtEnd && mayBeCut) else {
            cue.isCut = true
            return nil
        }
        return number
    }

    private mutating func tuple(cutTo cue: inout DJICue) -> [TupleField]? {
        let start = scanner.position
        scanner.skipBlanks()
        if scanner.skip(58) { scanner.skipBlanks() }
        guard scanner.skip(40) else {
            scanner.position = start
            return nil
        }
        let first = scanner.position
        while let byte = scanner.current, byte != 41 { scanner.advance() }
        guard !scanner.isAtEnd else {
            cue.isCut = true
            return nil
        }
        var content = ByteScanner(scanner.bytes, first..<scanner.position)
        scanner.advance()
        var fields: [TupleField] = []
        repeat { fields.append(TupleField(&content)) } while content.skip(44) && fields.count < 8
        return fields
    }

    private mutating func readPosition(isRTK: Bool, into cue: inout DJICue) {
        cue.mentionsPosition = true
        guard let fields = tuple(cutTo: &cue), fields.count >= 2, let pair = TupleField.pair(fields[0], fields[1])
        else {
            return
        }
        // RTK replaces a GPS field of the same line, never the other way round.
        guard isRTK || !cue.traits.contains(.rtk) else { return }
        cue.position = pair
        cue.decimals = max(fields[0].token?.decimals ?? 0, fields[1].token?.decimals ?? 0)
        cue.traits.insert(.position)
        if isRTK { cue.traits.insert(.rtk) }
        if pair.shape == .explicit { cue.traits.insert(.hemispheres) }
        guard fields.count > 2, let third = fields[2].token else { return }
        if fields[2].isMeters {
            cue.traits.insert(.meters)
            cue.pose.absoluteAltitude = third.value
        } else if third.hasPoint {
            cue.pose.absoluteAltitude = third.value
        } else {
            cue.traits.insert(.satellites)
            cue.camera.satellites = Int(exactly: third.value)
        }
    }

    private mutating func readHome(into cue: inout DJICue) {
        // The word alone is one that people say.
        guard let fields = tuple(cutTo: &cue), fields.count >= 2, let pair = TupleField.pair(fields[0], fields[1])
        else { return }
        cue.traits.insert(.home)
        cue.home = pair
    }

    private mutating func readAttitude(isGimbal: Bool, into cue: inout DJICue) {
        cue.traits.insert(.attitudeTuple)
        guard let fields = tuple(cutTo: &cue), fields.count >= 3 else { return }
        let (pitch, roll, yaw) = (fields[0].token?.value, fields[1].token?.value, fields[2].token?.value)
        if isGimbal {
            (cue.pose.pitch, cue.pose.roll, cue.pose.yaw) = (pitch, roll, yaw.map(Angle.wrapped))
        } else {
            cue.camera.flightPitch = pitch.map { Float($0) }
            cue.camera.flightRoll = roll.map { Float($0) }
            cue.camera.flightYaw = yaw.map { Float($0) }
        }
    }

    private mutating func readBarometer(into cue: inout DJICue) {
        cue.traits.insert(.barometer)
        let fields = tuple(cutTo: &cue)
        let height = fields == nil ? value(cutTo: &cue) : fields?.first?.token?.value
        cue.pose.relativeAltitude = cue.pose.relativeAltitude ?? height
    }
}
