import Imaging
import ShrikeCore

/// A camera on this machine.
struct CameraFeed: LiveFeed {
    var number: Int

    func connect(
        timing: LiveTiming, isWanted: @escaping @Sendable () -> Bool
    ) throws(LiveFailure) -> any LiveConnection {
        DecoderEnvironment.prepare()
        guard FilePeek.kind(of: "/dev/video\(number)") != nil else {
            throw LiveFailure("there is no device /dev/video\(number)")
        }
        do {
            return VideoConnection(LocalVideo(try VideoReader(device: number)))
        } catch {
            throw LiveFailure("/dev/video\(number) cannot be opened: in use, or not a camera")
        }
    }
}
