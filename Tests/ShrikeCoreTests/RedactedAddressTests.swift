import ShrikeCore
import Testing

@Suite struct RedactedAddressTests {
    @Test(arguments: [
        ("rtsp://camera/stream", "rtsp://camera/stream"),
        ("rtsp://user:secret@camera:554/stream", "rtsp://camera:554/stream"),
        ("rtsp://user:se@cr/et#@camera/stream", "rtsp://camera/stream"),
        ("rtsp://camera/s?token=secret", "rtsp://camera/s?…"),
        ("rtsp://user:se?cret@camera/s", "rtsp://…"), ("rtsp://secret@camera", "rtsp://camera"),
        ("/footage/a@b.mp4", "/footage/a@b.mp4"), ("rtsp://", "rtsp://"), ("://@", "://"),
    ])
    func showsNoSecret(address: String, shown: String) {
        #expect(RedactedAddress.redact(address) == shown)
        #expect(!RedactedAddress.redact(address).contains("secret"))
    }
}
