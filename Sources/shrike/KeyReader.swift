import Agent

/// Turns the bytes a terminal sends into commands of a replay. A pure value.
struct KeyReader {
    enum Key: Hashable {
        case playback(Playback.Command)
        case quit
    }

    private static let secondsPerSeek = 5.0
    private var escape: [UInt8] = []

    /// Space pauses, `.` steps, right and left seek, `q` ends; while it is paused, right steps.
    mutating func take(_ byte: UInt8, isPaused: Bool) -> Key? {
        if !escape.isEmpty {
            escape.append(byte)
            if escape.count == 2, byte == 0x5B || byte == 0x4F { return nil }
            defer { escape = [] }
            guard escape.count == 3 else { return nil }
            switch byte {
            case 0x43: return .playback(isPaused ? .step : .seek(Self.secondsPerSeek))
            case 0x44: return .playback(.seek(-Self.secondsPerSeek))
            default: return nil
            }
        }
        switch byte {
        case 0x1B: escape = [byte]
        case 0x20: return .playback(.pause)
        case 0x2E: return .playback(.step)
        case 0x71, 0x51: return .quit
        default: break
        }
        return nil
    }
}
