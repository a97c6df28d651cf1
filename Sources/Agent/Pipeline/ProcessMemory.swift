import Foundation

/// Memory of this process as the kernel counts it.
struct ProcessMemory: Sendable {
    var residentBytes: Int
    var anonymousBytes: Int
    var peakResidentBytes: Int

    /// Nil where the kernel does not tell.
    static func current() -> ProcessMemory? {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        func kilobytes(_ key: String) -> Int? {
            guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix(key + ":") }) else { return nil }
            return line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first.flatMap { Int($0) }
        }
        guard let resident = kilobytes("VmRSS"), let anonymous = kilobytes("RssAnon"), let peak = kilobytes("VmHWM")
        else { return nil }
        return ProcessMemory(
            residentBytes: resident << 10, anonymousBytes: anonymous << 10, peakResidentBytes: peak << 10)
    }
}
