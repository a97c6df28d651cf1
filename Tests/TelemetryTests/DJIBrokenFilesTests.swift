import Foundation
import ShrikeCore
import Telemetry
import TestKit
import Testing

@Suite("DJI side-cars that are broken or odd")
struct DJIBrokenFilesTests {
    static let block =
        "1\n00:00:00,000 --> 00:00:00,033\n<font size=\"28\">FrameCnt: 1, DiffTime: 33ms\n2021-12-25 12:27:52.373\n[latitude: 3.41531] [longitude: -3.37440] [rel_alt: -2.400 abs_alt: 0.401] </font>\n\n"

    func parse(_ text: String, order: CoordinateOrder? = nil) throws -> TelemetryTrack {
        try DJISubtitles.parse(Array(text.utf8), file: "x.SRT", coordinateOrder: order)
    }

    func second(_ text: String) -> String {
        text.replacingOccurrences(of: "1\n00:00:00,000 --> 00:00:00,033", with: "2\n00:00:00,033 --> 00:00:00,066")
            .replacingOccurrences(of: "3.41531", with: "3.41532")
    }

    @Test("a file cut anywhere keeps complete places only")
    func cutAnywhere() throws {
        let text = Array((Self.block + second(Self.block)).utf8)
        for length in 1..<text.count {
            guard let track = try? DJISubtitles.parse(Array(text[..<length]), file: "x") else { continue }
            for sample in track.samples {
                #expect([3.41531, 3.41532, nil].contains(sample.pose.latitude), "cut at \(length)")
                #expect([-3.3744, nil].contains(sample.pose.longitude), "cut at \(length)")
                #expect([-2.4, nil].contains(sample.pose.relativeAltitude), "cut at \(length)")
            }
        }
    }

    @Test("line ends, blank lines, byte-order marks and UTF-16 change nothing")
    func encodings() throws {
        let text = Self.block + second(Self.block)
        let plain = try parse(text).samples
        #expect(plain.count == 2 && plain.allSatisfy(\.hasPlace))
        #expect(try parse(text.replacingOccurrences(of: "\n", with: "\r\n")).samples == plain)
        #expect(try parse(text.replacingOccurrences(of: "\n", with: "\r\r\n")).samples == plain)
        #expect(try parse(text.replacingOccurrences(of: "\n", with: "\r")).samples == plain)
        #expect(try parse("\n\n\u{FEFF}" + text).samples == plain)
        #expect(try parse(text.replacingOccurrences(of: "\n\n", with: "\n")).samples == plain)
        #expect(try parse(text.replacingOccurrences(of: "\n\n", with: "\n\n\n")).samples == plain)
        #expect(try DJISubtitles.parse([0xEF, 0xBB, 0xBF] + Array(text.utf8), file: "x").samples == plain)
        let wide = text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        #expect(try DJISubtitles.parse([0xFF, 0xFE] + wide, file: "x").samples == plain)
        #expect(
            try DJISubtitles.parse(Array(text.utf8) + [UInt8](repeating: 0, count: 512), file: "x").samples == plain)
    }

    @Test("a Latin-1 degree sign is stepped over and reported")
    func latin1() throws {
        let text =
            "1\n00:00:00,000 --> 00:00:01,000\nF/5.6, SS 400, ISO 100, EV 0, GPS (8.5, 47.2, 15), H 85.80m, G.PRY (-24.4#, 0.0#, 110.4#)\n"
        let bytes = Array(text.utf8).map { $0 == 35 ? 0xB0 : $0 }
        let track = try DJISubtitles.parse(bytes, file: "x")
        #expect(track.samples.first?.pose.pitch == -24.4 && track.samples.first?.pose.yaw == 110.4)
        #expect(track.issues.map(\.kind) == [.encoding])
    }

    @Test("what is no telemetry is refused: empty, blank, numbers only, a film's subtitles, binary, too large")
    func refused() {
        let texts = [
            "", "\n\n", "1\n", "1\n\n2\n\n", "1\n00:00:01,000 --> 00:00:02,000\nHello there.\n\n",
            "\u{0}\u{1}abc\u{0}x",
        ]
        for text in texts {
            let error = #expect(throws: TelemetryError.self) { try parse(text) }
            #expect(error?.place.hasPrefix("x.SRT") == true && error?.remedy.isEmpty == false)
        }
        let large = [UInt8](repeating: 49, count: (64 << 20) + 1)
        #expect(throws: TelemetryError.self) { try DJISubtitles.parse(large, file: "x.SRT") }
        #expect(throws: TelemetryError.self) { try DJISubtitles.parse([UInt8](repeating: 0, count: 100), file: "x") }
    }

    @Test("an overlong line is left out, the rest is used")
    func longLine() throws {
        let track = try parse(
            Self.block + "2\n00:00:01,000 --> 00:00:02,000\n" + String(repeating: "[a: 1] ", count: 5000) + "\n")
        #expect(track.samples.count == 1)
        #expect(track.issues.contains { $0.kind == .longLine && $0.line == 9 })
    }

    static func unnamed(_ a: Double, _ b: Double, _ rest: String = "") -> String {
        "1\n00:00:00,000 --> 00:00:01,000\nGPS(\(a),\(b),69.8) \(rest)\n\n"
    }

    @Test("an order nobody can tell gives no place but an issue; the caller may decide")
    func ambiguous() throws {
        let text = Self.unnamed(47.1, 8.2)
        let track = try parse(text)
        #expect(track.samples.first?.pose.latitude == nil)
        #expect(track.issues.contains { $0.kind == .ambiguousOrder && $0.line == 1 })
        #expect(try parse(text, order: .latitudeFirst).samples.first?.pose.latitude == 47.1)
        #expect(try parse(text, order: .longitudeFirst).samples.first?.pose.longitude == 47.1)
    }

    @Test("an unnamed order is told by range, by the distance from home, or by a neighboring fix")
    func resolved() throws {
        #expect(try parse(Self.unnamed(116.39, 39.9)).samples.first?.pose.latitude == 39.9)
        #expect(try parse(Self.unnamed(39.9, 116.39)).samples.first?.pose.latitude == 39.9)
        // 0.01° east at 60° north is 556 m, read the other way round it is 1,112 m.
        let home = try parse(Self.unnamed(20.01, 60.0, "HOME(20.0, 60.0) D 556.0m"))
        #expect(home.samples.first?.pose.latitude == 60 && home.samples.first?.pose.longitude == 20.01)
        let neighbor = try parse(
            Self.unnamed(-3.3744, 3.41531) + second(Self.block))
        #expect(neighbor.samples.first?.pose.latitude == 3.41531)
        #expect(!neighbor.issues.contains { $0.kind == .ambiguousOrder })
        #expect(neighbor.variants == ["dji-unnamed", "dji-mavic-3"])
    }

    @Test("numbers that forbid the variant's usual order win, and that is said")
    func swapped() throws {
        let track = try parse(
            "1\n00:00:01,000 --> 00:00:02,000\nHOME(-20.2532,149.0251) 2017.08.05 14:11:51\nGPS(-20.2533,149.0251,16) BAROMETER:1.9\n"
        )
        #expect(track.samples.first?.pose.latitude == -20.2533)
        #expect(track.issues.map(\.kind) == [.swappedOrder])
    }

    @Test("a place that is none on Earth is left out and named")
    func outOfRange() throws {
        let track = try parse(Self.block + second(Self.block).replacingOccurrences(of: "3.41532", with: "93.41532"))
        #expect(track.samples.map(\.hasPlace) == [true, false])
        #expect(track.issues.map(\.kind) == [.outOfRange])
        #expect(track.issues.first?.line == 7)
    }

    @Test("cues without times use the camera's clock; without that they are left out")
    func missingTimes() throws {
        let a = "1\n2021-12-25 12:27:52.373\n[latitude: 3.1] [longitude: 4.1]\n\n"
        let b = "2\n2021-12-25 12:27:53.873\n[latitude: 3.2] [longitude: 4.2]\n\n"
        let c = "3\n[latitude: 3.3] [longitude: 4.3]\n\n"
        let track = try parse(a + b + c)
        #expect(track.samples.map(\.mediaTime.milliseconds) == [0, 1500])
        #expect(track.issues.map(\.kind) == [.missingCueTime, .missingCueTime, .noTime])
    }

    @Test("cues out of order are sorted and a late start is told")
    func order() throws {
        let late = Self.block.replacingOccurrences(
            of: "00:00:00,000 --> 00:00:00,033", with: "00:15:04,904 --> 00:15:05,905")
        let later = second(Self.block).replacingOccurrences(of: "00:00:00,033 -->", with: "00:15:03,000 -->")
        let track = try parse(late + later)
        #expect(track.samples.map(\.mediaTime.milliseconds) == [903_000, 904_904])
        #expect(Set(track.issues.map(\.kind)) == [.lateStart, .timeOrder])
        #expect(track.shifted(by: MediaTime(milliseconds: -903_000)).samples.first?.mediaTime == .zero)
    }

    @Test("2,000 mutations of a file with all variants never trap and give only places on Earth")
    func fuzz() {
        var random = SeededRandom(seed: 3)
        let seed = Array(DJIVariantsTests.variants.map(\.text).joined(separator: "\n").utf8)
        for round in 0..<2000 {
            var bytes = seed
            for _ in 0..<8 {
                let at = Int(random.next() % UInt64(bytes.count))
                switch random.next() % 4 {
                case 0: bytes[at] = UInt8(truncatingIfNeeded: random.next() | 1)
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + 20))
                case 2: bytes.insert(contentsOf: Array("99999999999999999999999999".utf8), at: at)
                default: bytes[at] = [40, 41, 91, 93, 58, 45, 10, 60][Int(random.next() % 8)]
                }
            }
            if round % 3 == 0 { bytes.removeLast(Int(random.next() % UInt64(bytes.count))) }
            guard let track = try? DJISubtitles.parse(bytes, file: "f") else { continue }
            for pose in track.samples.map(\.pose) {
                #expect(pose.latitude.map { abs($0) <= 90 } != false)
                #expect(pose.longitude.map { abs($0) <= 180 } != false)
            }
        }
    }
}
