import ShrikeCore
import Testing

@testable import FrameSources

struct NamesTests {
    @Test func numbersInNamesCountByValue() {
        let names = ["IMG_10.JPG", "IMG_9.JPG", "IMG_009.JPG", "a", "IMG_9", "b10c2", "b10c10", "b9"]
        #expect(
            names.sorted(by: NaturalOrder.areInOrder) == [
                "IMG_9", "IMG_009.JPG", "IMG_9.JPG", "IMG_10.JPG", "a", "b9", "b10c2", "b10c10",
            ])
        for a in names {
            for b in names where a != b {
                #expect(NaturalOrder.areInOrder(a, b) != NaturalOrder.areInOrder(b, a))
            }
        }
    }

    @Test func sourceNamesAreTopicSafe() {
        #expect(SourceID.topicSafe("flight 12/row#3+é") == "flight-12-row-3")
        #expect(SourceID.topicSafe("...") == "source")
        #expect(SourceID.ofPath("/data/Süd flight.2.MP4") == "S-d-flight.2")
        #expect(SourceID.topicSafe(String(repeating: "x", count: 200)).count == 64)
    }

    @Test func addressesAreReadAsWhatTheyMean() {
        #expect(FootageAddress("RTSP://u:p@h/x") == .rtsp("RTSP://u:p@h/x"))
        #expect(FootageAddress("camera:2") == .camera(2))
        #expect(FootageAddress("camera:x") == .unsupported(scheme: "camera"))
        #expect(FootageAddress("http://h/x.mp4") == .unsupported(scheme: "http"))
        #expect(FootageAddress("a/*.jpg") == .glob("a/*.jpg"))
        #expect(FootageAddress("a/b.mp4") == .path("a/b.mp4"))
    }

    @Test func rtspAddressesGiveTheirPartsWithoutSecrets() throws {
        let address = try #require(RTSPAddress("rtsp://user:pa%40ss@cam.local:8554/ch1?x=1"))
        #expect(address.host == "cam.local" && address.port == 8554 && address.hasCredentials)
        #expect(address.plain == "rtsp://cam.local:8554/ch1?x=1")
        #expect(RTSPAddress("rtsp://[::1]/a")?.plain == "rtsp://[::1]:554/a")
        #expect(RTSPAddress("rtsp://h")?.path == "/")
        for bad in ["rtsp://", "rtsp://u@", "rtsp://h:0/", "rtsp://h:99999/", "rtsp://h/a\r\nX: y", "http://h/"] {
            #expect(RTSPAddress(bad) == nil)
        }
    }

    @Test func repliesOfCamerasAreToldApart() {
        #expect(RTSPProbe.status(in: Array("RTSP/1.0 401 Unauthorized\r\n".utf8)) == 401)
        #expect(RTSPProbe.status(in: Array("HTTP/1.0 200 OK\r\n".utf8)) == nil)
        #expect(RTSPProbe.status(in: Array("RTSP/1.0 4x1".utf8)) == nil)
        #expect(RTSPProbe.verdict(status: 401, hasCredentials: true).isRefusal)
        #expect(!RTSPProbe.verdict(status: 404, hasCredentials: true).isRefusal)
    }
}
