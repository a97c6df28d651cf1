import Dispatch
import Foundation
import ShrikeCore

/// Clocks of this process and machine, read in one place.
enum ProcessClock {
    static func now() -> Timestamp { Timestamp(microseconds: Int64(Date().timeIntervalSince1970 * 1_000_000)) }

    /// Nanoseconds of the machine's monotonic clock.
    static func monotonicNanoseconds() -> Int64 { Int64(clamping: DispatchTime.now().uptimeNanoseconds) }

    /// CPU time of the whole process in seconds; POSIX fixes CLOCKS_PER_SEC to a million.
    static func cpuSeconds() -> Double { Double(clock()) / 1e6 }

    /// The kernel's id of this boot.
    static func bootID() -> String {
        let text = try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)
        return text?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    }

    /// Whether the kernel says that the clock follows a time server.
    static func quality() -> ClockQuality {
        // `adjtimex(2)` with no mode bits only reads. It has no Swift declaration; the buffer is larger than `struct timex`.
        typealias Function = @convention(c) (UnsafeMutableRawPointer) -> Int32
        guard let symbol = dlsym(nil, "adjtimex") else { return .unsynced }
        let adjtimex = unsafeBitCast(symbol, to: Function.self)
        let state = withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { buffer in
            buffer.initializeMemory(as: UInt8.self, repeating: 0)
            return buffer.baseAddress.map(adjtimex) ?? -1
        }
        let clockIsUnsynchronized: Int32 = 5
        return state >= 0 && state != clockIsUnsynchronized ? .ntp : .unsynced
    }
}
