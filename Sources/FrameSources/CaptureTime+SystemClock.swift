import Foundation
public import ShrikeCore

extension CaptureTime {
    /// The system's clock now, without a claim that it is synchronized.
    public static var systemClock: CaptureTime {
        let microseconds = (Date().timeIntervalSince1970 * 1_000_000).rounded()
        return CaptureTime(time: Timestamp(microseconds: Int64(microseconds)), quality: .unsynced)
    }
}
