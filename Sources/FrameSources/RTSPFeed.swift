import Imaging
import ShrikeCore

/// A camera on the network.
struct RTSPFeed: LiveFeed {
    /// With user name and password: goes to the decoder only.
    var address: String
    var parsed: RTSPAddress
    var processors: Int?

    func connect(timing: LiveTiming) throws(LiveFailure) -> any LiveConnection {
        do {
            let reader = try DecoderProcessors.limited(to: processors) { () throws(ImagingError) in
                try VideoReader(
                    address, openTimeoutMilliseconds: Int(timing.connectTimeout.milliseconds),
                    readTimeoutMilliseconds: Int(timing.readTimeout.milliseconds))
            }
            return VideoConnection(reader)
        } catch {
            // The decoder does not say why; the camera is asked directly.
            throw RTSPProbe.diagnose(parsed, timeout: min(timing.connectTimeout, MediaTime(milliseconds: 3000)))
        }
    }
}
