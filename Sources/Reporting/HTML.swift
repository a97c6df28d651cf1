import ShrikeCore

/// Text for a page: everything from outside passes ``escaped(_:)``.
enum HTML {
    static func escaped(_ text: String) -> String {
        var out = ""
        out.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case let s where s.value < 0x20 && s != "\n" && s != "\t": out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    /// Both languages; the page shows the chosen one. The texts are HTML already.
    static func both(_ english: String, _ chinese: String) -> String {
        "<span lang=\"en\">\(english)</span><span lang=\"zh\">\(chinese)</span>"
    }

    /// Path for an `href`: what is not unreserved or `/` is percent-encoded, so no scheme can sneak in.
    static func path(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x2F, 0x5F, 0x7E:
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                out += "%" + (hex.count < 2 ? "0" : "") + hex
            }
        }
        return out
    }

    /// A number with so many decimals, without a locale; a dash where it is not finite.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "–" }
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let units = Int64((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && units != 0 ? "−" : ""
        guard decimals > 0 else { return sign + String(units) }
        let fraction = String(units % scale)
        return "\(sign)\(units / scale).\(String(repeating: "0", count: max(0, decimals - fraction.count)))\(fraction)"
    }

    /// As ``fixed(_:_:)`` with an ASCII minus, for a terminal.
    static func plain(_ value: Double, _ decimals: Int) -> String {
        let text = fixed(abs(value), decimals)
        return value < 0 ? "-" + text : text
    }

    /// Thousands apart, e.g. `12 345`.
    static func grouped(_ value: Int) -> String {
        var digits = String(value.magnitude)
        var groups: [String] = []
        while digits.count > 3 {
            groups.insert(String(digits.suffix(3)), at: 0)
            digits.removeLast(3)
        }
        return (value < 0 ? "−" : "") + ([digits] + groups).joined(separator: "\u{202F}")
    }

    /// `1:02:03` or `2:03.4`.
    static func duration(_ time: MediaTime) -> String {
        let tenths = max(0, time.milliseconds / 100)
        let (hours, minutes, seconds) = (tenths / 36_000, tenths / 600 % 60, tenths / 10 % 60)
        func two(_ value: Int64) -> String { value < 10 ? "0\(value)" : "\(value)" }
        return hours > 0
            ? "\(hours):\(two(minutes)):\(two(seconds))" : "\(minutes):\(two(seconds)).\(tenths % 10)"
    }
}
