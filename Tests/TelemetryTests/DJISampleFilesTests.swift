import Foundation
import ShrikeCore
import Telemetry
import Testing

@Suite("DJI side-cars as published", .enabled(if: SampleFiles.folder != nil, "needs ../shared/data/dji_srt"))
struct DJISampleFilesTests {
    struct Expected: Sendable, CustomTestStringConvertible {
        var file: String
        var cues: Int
        /// Latitude, longitude of the first and last sample, as the text has them.
        var first: [Double]
        var last: [Double]
        var variants: [String]
        var testDescription: String { file }
    }

    static let files = [
        Expected(
            file: "air2s.srt", cues: 17, first: [41.424724, 2.234156], last: [41.424730, 2.234102],
            variants: ["dji-air-2"]),
        Expected(
            file: "broken_incomplete.SRT", cues: 19, first: [-34.7383, -58.4563], last: [-34.7383, -58.4563],
            variants: ["dji-mavic-pro"]),
        Expected(
            file: "embedder_air3S_clip.SRT", cues: 5, first: [34.270373, -84.176160], last: [34.270373, -84.176160],
            variants: ["dji-mavic-3"]),
        Expected(
            file: "embedder_air3_clip.SRT", cues: 2, first: [59.1111, 18.2222], last: [59.1112, 18.2223],
            variants: ["dji-mini-3"]),
        Expected(
            file: "embedder_avata2_clip.SRT", cues: 2, first: [39.906217, 116.391305], last: [39.906218, 116.391306],
            variants: ["dji-unnamed"]),
        Expected(
            file: "embedder_mini4pro_clip.SRT", cues: 2, first: [59, 18], last: [59.0001, 18.0001],
            variants: ["dji-mini-3"]),
        Expected(
            file: "embedder_neo2_clip.SRT", cues: 5, first: [45.607181, 13.753860], last: [45.607181, 13.753859],
            variants: ["dji-avata-360"]),
        Expected(
            file: "m2zoom.SRT", cues: 7113, first: [31.452012, 74.398751], last: [31.450438, 74.398905],
            variants: ["dji-mavic-2"]),
        Expected(
            file: "mavic_2pro_new.SRT", cues: 8952, first: [-35.080155, -60.286702], last: [-35.077976, -60.314572],
            variants: ["dji-mavic-2"]),
        Expected(
            file: "mavic_2_style.SRT", cues: 468, first: [-20.2533, 149.0251], last: [-20.2532, 149.0251],
            variants: ["dji-mavic-2"]),
        Expected(
            file: "mavic_air2.srt", cues: 25, first: [41.420684, 2.162162], last: [41.420686, 2.162162],
            variants: ["dji-air-2"]),
        Expected(
            file: "mavic_mini.SRT", cues: 117, first: [48.0771, -121.7458], last: [48.0775, -121.7476],
            variants: ["dji-p4p"]),
        Expected(
            file: "mavic_pro.SRT", cues: 468, first: [-20.2533, 149.0251], last: [-20.2532, 149.0251],
            variants: ["dji-mavic-pro"]),
        Expected(
            file: "mix_p4rtk_mavic2pro.srt", cues: 12, first: [-34.650200, -59.409424], last: [-34.651180, -59.409483],
            variants: ["dji-p4rtk", "dji-mavic-2"]),
        Expected(
            file: "p4p_sample.SRT", cues: 5, first: [47.4692, 8.2090], last: [47.4692, 8.2090], variants: ["dji-p4p"]),
    ]

    @Test("first and last place equal the text", arguments: files)
    func places(expected: Expected) throws {
        let track = try DJISubtitles.parse(SampleFiles.bytes(expected.file), file: expected.file)
        let first = try #require(track.samples.first?.pose)
        let last = try #require(track.samples.last?.pose)
        #expect([first.latitude, first.longitude] == expected.first)
        #expect([last.latitude, last.longitude] == expected.last)
        #expect(track.samples.count == expected.cues)
        #expect(track.variants == expected.variants)
        #expect(track.samples.allSatisfy { $0.hasPlace })
    }

    @Test("a concatenated Mavic 2 file keeps every cue and reports the jumps of the clock")
    func concatenated() throws {
        let track = try DJISubtitles.parse(SampleFiles.bytes("mavic_2pro_new.SRT"), file: "mavic_2pro_new.SRT")
        #expect(track.samples.count == 8952)
        #expect(track.samples.allSatisfy { $0.hasPlace })
    }

    @Test("0,0 before the first fix is no place, and the later fix is one")
    func noFix() throws {
        let track = try DJISubtitles.parse(SampleFiles.bytes("embedder_neo2_clip_nogps.SRT"), file: "nogps.SRT")
        #expect(track.samples.count == 6)
        #expect(track.samples.map(\.hasPlace) == [false, false, false, true, true, true])
        #expect(track.samples[3].pose.latitude == 32.848932)
        #expect(track.samples[5].pose.latitude == 32.848932)
        #expect(track.samples[5].pose.longitude == -84.861966)
        #expect(track.issues.filter { $0.kind == .noFix }.count == 3)
    }

    @Test("a file without coordinates gives times and says that it has no place")
    func noCoordinates() throws {
        let track = try DJISubtitles.parse(SampleFiles.bytes("mavic_air.SRT"), file: "mavic_air.SRT")
        #expect(track.variants == ["dji-mavic-air"])
        #expect(!track.hasPlaces)
        #expect(track.issues.contains { $0.kind == .noCoordinates })
        #expect(track.captureStart()?.time.rfc3339 == "2018-02-19T08:04:51.265Z")
    }

    @Test("the cut last block is named by its line")
    func cut() throws {
        let track = try DJISubtitles.parse(SampleFiles.bytes("broken_incomplete.SRT"), file: "broken.SRT")
        let issue = try #require(track.issues.first { $0.kind == .cutBlock })
        #expect(issue.line == 115)
        #expect(issue.description.hasPrefix("broken.SRT:115: "))
    }

    @Test("no file of the folder is without a verdict")
    func complete() throws {
        let folder = try #require(SampleFiles.folder)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.lowercased().hasSuffix(".srt") }
        let others = [
            "broken_empty.SRT", "broken_empty2.SRT", "embedder_neo2_clip_nogps.SRT", "mavic_air.SRT",
        ]
        #expect(Set(names) == Set(Self.files.map(\.file) + others))
    }

    @Test("an empty file is refused with what to do", arguments: ["broken_empty.SRT", "broken_empty2.SRT"])
    func empty(file: String) throws {
        let bytes = try SampleFiles.bytes(file)
        let error = #expect(throws: TelemetryError.self) { try DJISubtitles.parse(bytes, file: file) }
        #expect(error?.place.hasPrefix(file) == true)
        #expect(error?.remedy.isEmpty == false)
    }
}
