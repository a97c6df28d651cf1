import Imaging
import ShrikeCore

/// A camera on the network.
struct RTSPFeed: LiveFeed {
    /// With user name and password: goes to the decoder only.
    var address: String
    var parsed: RTSPAddress
    var processors: Int?
    var isolation: DecoderIsolation?

    func connect(
        timing: LiveTiming, isWanted: @escaping @Sendable () -> Bool
    ) throws(LiveFailure) -> any LiveConnection {
        let opening = VideoOpening(
            address: address, isOnNetwork: true, connectMilliseconds: Int(timing.connectTimeout.milliseconds),
            readMilliseconds: Int(timing.readTimeout.milliseconds), processors: processors)
        do {
            return VideoConnection(try opening.open(isolation, isWanted: isWanted))
        } catch {
            if case .lost(let loss) = error { throw LiveFailure(loss.reason) }
            // The decoder does not say why; the camera is asked directly.
            throw RTSPProbe.diagnose(parsed, timeout: min(timing.connectTimeout, MediaTime(milliseconds: 3000)))
        }
    }
}
