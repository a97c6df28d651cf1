import ShrikeCore
import Telemetry
import Testing

@Suite("DJI variants not among the published files")
struct DJIVariantsTests {
    struct Variant: Sendable, CustomTestStringConvertible {
        var name: String
        var text: String
        var latitude: Double?
        var longitude: Double?
        var relative: Double?
        var absolute: Double?
        var yaw: Double?
        var pitch: Double?
        var localTime: String?
        var focal: Float?
        var testDescription: String { name }
    }

    static let time = "1\n00:00:01,000 --> 00:00:02,000\n"

    static let variants = [
        Variant(
            name: "dji-mavic-pro",
            text: time
                + "HOME(149.0251,-20.2532) 2017.8.5 14:11:51\nGPS(149.0251,-20.2533,16) Hb:1.9 Hs:1.9\nISO:100 TV:60 IR:F2.8\n",
            latitude: -20.2533, longitude: 149.0251, relative: 1.9, localTime: "2017-08-05T14:11:51.000Z"),
        Variant(
            name: "dji-p4rtk",
            text: time
                + "F/5.6, SS 400, ISO 100, EV 0, RTK (-58.851745, -34.237922, 15), HOME (-58.847509, -34.232707, -57.98m), D 698.70m, H 85.80m, H.S 0.00m/s, V.S 0.00m/s, F.PRY (2.7°, -7.0°, 110.1°), G.PRY (-24.4°, 0.0°, 110.4°)\n",
            latitude: -34.237922, longitude: -58.851745, relative: 85.8, yaw: 110.4, pitch: -24.4),
        Variant(
            name: "dji-m300",
            text:
                "1\r\n00:00:00,000 --> 00:00:01,000\r\n2022.06.21 16:06:17\r\nGPS(36.6146,-6.1120,0.0M) BAROMETER:0.3M\r\n\r\n",
            latitude: 36.6146, longitude: -6.1120, relative: 0.3, absolute: 0, localTime: "2022-06-21T16:06:17.000Z"),
        Variant(
            name: "dji-mavic-3",
            text: time
                + "<font size=\"28\">FrameCnt: 1, DiffTime: 20ms\n2021-12-25 12:27:52.373\n[iso: 220] [shutter: 1/8000.0] [fnum: 3.2] [ev: 0] [focal_len: 24.00] [latitude: 3.41531] [longitude: -3.37440] [rel_alt: -2.400 abs_alt: 0.401] </font>\n",
            latitude: 3.41531, longitude: -3.3744, relative: -2.4, absolute: 0.401,
            localTime: "2021-12-25T12:27:52.373Z", focal: 24),
        Variant(
            name: "dji-mini-3",
            text: time
                + "<font size=\"36\">SrtCnt : 1, DiffTime : 33ms\n2023-03-01 09:00:00,123,456\n[iso : 100] [shutter : 1/100.0] [fnum : 170] [focal_len : 240] [dzoom_ratio: 20000, delta:0],[latitude: 48.486375] [longitude: 8.375567] [rel_alt: 0.000 abs_alt: 530.095] [ct : 5600] </font>\n",
            latitude: 48.486375, longitude: 8.375567, relative: 0, absolute: 530.095,
            localTime: "2023-03-01T09:00:00.123Z", focal: 24),
        Variant(
            name: "dji-enterprise",
            text:
                "1\n00:00:00,000 --> 00:00:00,033\nFrameCnt: 0 2026-08-21 17:38:52.463\n[iso: 130] [shutter: 1/100.0] [fnum: 1.7] [ae_meter_md: 1] [focal_len: 24.00] [dzoom_ratio: 1.00], [latitude: 18.566227] [longitude: 73.771846] [rel_alt: 70.472 abs_alt: 607.273] [gb_yaw: -125.5 gb_pitch: -63.1 gb_roll: 0.0] \n",
            latitude: 18.566227, longitude: 73.771846, relative: 70.472, absolute: 607.273, yaw: -125.5, pitch: -63.1,
            localTime: "2026-08-21T17:38:52.463Z", focal: 24),
        Variant(
            name: "dji-avata-360",
            text: time
                + "<font size=\"28\">FrameCnt: 1, DiffTime: 33ms, FrameId: 12\n2026-05-15 08:24:18.623\n[latitude: 45.607181] [longitude: 13.753860] [rel_alt: 1.000 abs_alt: 113.900] [gb_yaw: 12.0 gb_pitch: 0.0 gb_roll: 0.0] [vsync: 1602] [eis: normal] [shift x: 0.00, y: 0.00] [pp_target:0.996, -0.004, -0.053, -0.075]</font>\n",
            latitude: 45.607181, longitude: 13.75386, relative: 1, absolute: 113.9, yaw: 12, pitch: 0,
            localTime: "2026-05-15T08:24:18.623Z"),
        Variant(
            name: "autel",
            text: time
                + "HOME(W:84.1000,N:39.0500) 2019-03-02 10:11:12\nGPS(W: 84.100123,N: 39.050456,120.5) \nISO:100 SHUTTER:60\n",
            latitude: 39.050456, longitude: -84.100123, absolute: 120.5, localTime: "2019-03-02T10:11:12.000Z"),
        Variant(
            name: "dji-p4p",
            text: time
                + "F/2.8, SS 30.15, ISO 260, EV -1.7, GPS (15.0636, 37.6206, 19), D n/a, H n/a, H.S n/a, V.S n/a \n",
            latitude: 37.6206, longitude: 15.0636),
        Variant(
            name: "dji-air-2",
            text: time
                + "<font size=\"36\">SrtCnt : 1, DiffTime : 33ms\n2021-02-27 11:48:10,1,2\n[iso : 100] [fnum : 280] [latitude: 41.424724] [longitude: 2.234156] [altitude: 11.700000] </font>\n",
            latitude: 41.424724, longitude: 2.234156, absolute: 11.7, localTime: "2021-02-27T11:48:10.100Z"),
    ]

    @Test("every variant gives its place, heights, angles and time", arguments: variants)
    func fields(variant: Variant) throws {
        let track = try DJISubtitles.parse(Array(variant.text.utf8), file: "v.SRT")
        #expect(track.variants == [variant.name])
        #expect(track.issues.isEmpty, "\(track.issues)")
        let sample = try #require(track.samples.first)
        #expect(track.samples.count == 1)
        #expect(sample.pose.latitude == variant.latitude)
        #expect(sample.pose.longitude == variant.longitude)
        #expect(sample.pose.relativeAltitude == variant.relative)
        #expect(sample.pose.absoluteAltitude == variant.absolute)
        #expect(sample.pose.yaw == variant.yaw)
        #expect(sample.pose.pitch == variant.pitch)
        #expect(sample.localTime?.rfc3339 == variant.localTime)
        #expect(sample.camera.focalLength35 == variant.focal)
    }

    @Test("a decimal comma is one, never the end of a number")
    func decimalComma() throws {
        let text = Self.time + "[latitude: -41,424724] [longitude: 2,5] [rel_alt: 1,5, abs_alt: 20]\n"
        let pose = try #require(try DJISubtitles.parse(Array(text.utf8), file: "v").samples.first?.pose)
        #expect(abs((pose.latitude ?? 0) + 41.424724) < 1e-12 && pose.longitude == 2.5)
        #expect(pose.relativeAltitude == 1.5 && pose.absoluteAltitude == 20)
    }

    @Test("letters after the numbers and a colon before the bracket are read")
    func lettersAfter() throws {
        let text = Self.time + "2019-03-02 10:11:12\nGPS: (84.100123 W, 39.050456 N, 120.5)\n"
        let pose = try #require(try DJISubtitles.parse(Array(text.utf8), file: "v").samples.first?.pose)
        #expect(pose.latitude == 39.050456 && pose.longitude == -84.100123)
    }

    @Test(
        "subtitles of a film are no telemetry",
        arguments: ["- Where are you?\n- Near the GPS (in the car), home by 9.", "[door slams]", "[[[[", "HOME ALONE"])
    func film(text: String) {
        #expect(throws: TelemetryError.self) {
            try DJISubtitles.parse(Array((Self.time + text + "\n").utf8), file: "v")
        }
    }

    @Test("digital zoom narrows the field of view")
    func zoom() throws {
        let mini = try #require(Self.variants.first { $0.name == "dji-mini-3" })
        let sample = try #require(try DJISubtitles.parse(Array(mini.text.utf8), file: "v").samples.first)
        #expect(sample.camera.digitalZoom == 2)
        // 2 atan(36 / (2 · 24 · 2))
        #expect(abs((sample.pose.horizontalFieldOfView ?? 0) - 41.1121) < 1e-3)
        #expect(sample.camera.fNumber == 1.7)
    }

    @Test("shutter, exposure and speeds of the comma line are read")
    func exposureLine() throws {
        let p4 = try #require(Self.variants.first { $0.name == "dji-p4rtk" })
        let camera = try #require(try DJISubtitles.parse(Array(p4.text.utf8), file: "v").samples.first?.camera)
        #expect(camera.shutterSeconds == 0.0025)
        #expect(camera.fNumber == 5.6 && camera.iso == 100 && camera.satellites == 15)
        #expect(camera.homeDistance == 698.7 && camera.flightYaw == 110.1)
        #expect(camera.homeLatitude == -34.232707)
    }
}
