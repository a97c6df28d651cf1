import Foundation
import Reporting
import ShrikeCore
import Telemetry
import TestKit
import Testing

@testable import Agent

/// Which telemetry belongs to footage, and what becomes of one that cannot be used.
struct TelemetryFinderTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private static let start = "2026-05-01T09:30:00Z"

    /// A point a second from 09:30:00, a ten-thousandth of a degree further north each.
    private static let gpx =
        "<gpx><trk><trkseg>"
        + (0..<30).map { second in
            "<trkpt lat=\"47.00\(second < 10 ? "0" : "")\(second)\" lon=\"8.5\"><time>2026-05-01T09:30:\(second < 10 ? "0" : "")\(second)Z"
                + "</time></trkpt>"
        }.joined() + "</trkseg></trk></gpx>"

    private static func subtitles(_ date: String? = nil) -> String {
        (0..<3).map { second in
            "\(second + 1)\n00:00:0\(second),000 --> 00:00:0\(second + 1),000\n"
                + (date.map { "\($0)\(second)\n" } ?? "")
                + "[latitude: 46.000\(second)] [longitude: 7.0] [rel_alt: 10.0 abs_alt: 500.0]\n\n"
        }.joined()
    }

    private func finder(_ name: String?, start: String? = nil, offset: Double = 0) throws -> TelemetryFinder {
        var options = TelemetryOptions(file: name.map(folder.path))
        options.recordingStart = start.flatMap { Timestamp(rfc3339: $0) }
        options.clockOffset = MediaTime(seconds: offset)
        return TelemetryFinder(options: options)
    }

    private func latitude(_ found: FoundTelemetry, at seconds: Double) -> Double? {
        found.telemetry?.track.pose(at: MediaTime(seconds: seconds))?.latitude
    }

    @Test func `a track with dates and a video without are never joined by guessing`() throws {
        let video = try folder.write("no movie", to: "a.mp4")
        try folder.write(Self.gpx, to: "track.gpx")
        let error = #expect(throws: AgentError.self) { try finder("track.gpx").find(video: video) }
        #expect(error?.remedy.contains("--video-start") == true)
        let found = try finder("track.gpx", start: "2026-05-01T09:30:05Z").find(video: video)
        #expect(latitude(found, at: 2) == 47.0007)
        #expect(found.start?.time.rfc3339 == "2026-05-01T09:30:05.000Z")
        #expect(found.report?.issues == [])
    }

    @Test func `the offset of the clock is added to the track's times`() throws {
        let video = try folder.write("no movie", to: "a.mp4")
        try folder.write(Self.gpx, to: "track.gpx")
        // The camera shows local time, two hours ahead.
        let found = try finder("track.gpx", start: "2026-05-01T11:30:05Z", offset: 7200).find(video: video)
        #expect(latitude(found, at: 2) == 47.0007)
        #expect(found.start?.time.rfc3339 == "2026-05-01T09:30:05.000Z", "the receiver's clock wins")
        try folder.write(Self.subtitles(), to: "late.SRT")
        let late = try finder("late.SRT", offset: -1).find(video: video)
        #expect(latitude(late, at: 0) == 46.0001)
    }

    @Test func `a side-car tells when the video was begun`() throws {
        let video = try folder.write("no movie", to: "b.mp4")
        try folder.write(Self.subtitles("2026-05-01 09:30:1"), to: "b.SRT")
        try folder.write(Self.gpx, to: "track.gpx")
        let found = try finder("track.gpx").find(video: video)
        #expect(latitude(found, at: 2) == 47.0012)
        #expect(found.report?.issues.contains { $0.contains("is taken to begin at") } == true)
    }

    @Test func `pictures find their pose by the time they were taken`() throws {
        try folder.write(Self.gpx, to: "track.gpx")
        let found = try finder("track.gpx", offset: 3600).findForStills()
        let telemetry = try #require(found.telemetry)
        var frame = ScriptedSource.frame(0)
        #expect(SourceTelemetry.pose(of: frame, at: frame.mediaTime, in: telemetry) == nil, "no time, no pose")
        let taken = try #require(Timestamp(rfc3339: "2026-05-01T10:30:04.500Z"))
        frame.captureTime = CaptureTime(time: taken, quality: .file)
        let pose = try #require(SourceTelemetry.pose(of: frame, at: frame.mediaTime, in: telemetry))
        #expect(abs((pose.latitude ?? 0) - 47.00045) < 1e-9)
        frame.pose = Pose(latitude: 1, longitude: 2)
        #expect(SourceTelemetry.pose(of: frame, at: frame.mediaTime, in: telemetry)?.latitude == 1, "its own first")
    }

    @Test func `times of one video serve no pictures and no second video`() throws {
        try folder.write(Self.subtitles(), to: "a.SRT")
        let found = try finder("a.SRT").findForStills()
        #expect(found.telemetry == nil && found.report?.isRefused == true)
        #expect(try finder("a.SRT").isOfOneVideo())
        try folder.write(Self.gpx, to: "track.gpx")
        #expect(try !finder("track.gpx").isOfOneVideo())
    }

    @Test func `a side-car that cannot be used is named and costs the places only`() throws {
        let video = try folder.write("no movie", to: "c.mp4")
        try folder.write("1\n", to: "c.SRT")
        let found = try finder(nil).find(video: video)
        #expect(found.telemetry == nil)
        let report = try #require(found.report)
        #expect(report.isRefused && report.file == "c.SRT")
        #expect(report.issues.first?.contains("no telemetry in 1 subtitle blocks") == true, "\(report.issues)")
        #expect(throws: AgentError.self) { try finder("c.SRT").find(video: video) }
    }

    @Test func `what cannot be told is in the report, and told it is used`() throws {
        let video = try folder.write("no movie", to: "d.mp4")
        try folder.write("1\n00:00:00,000 --> 00:00:01,000\nGPS(39.9,16.3,69.8)\n\n", to: "d.SRT")
        let found = try finder(nil).find(video: video)
        #expect(found.report?.placed == 0)
        #expect(found.report?.issues.contains { $0.contains("cannot be told apart") } == true)
        var options = TelemetryOptions()
        options.order = .longitudeFirst
        #expect(latitude(try TelemetryFinder(options: options).find(video: video), at: 0) == 16.3)
    }

    @Test func `a field of view is filled in where the telemetry has none`() throws {
        let video = try folder.write("no movie", to: "e.mp4")
        try folder.write(Self.subtitles(), to: "e.SRT")
        #expect(try finder(nil).find(video: video).telemetry?.track.samples.first?.pose.horizontalFieldOfView == nil)
        var options = TelemetryOptions()
        options.horizontalFieldOfView = 73.7
        let found = try TelemetryFinder(options: options).find(video: video)
        #expect(found.telemetry?.track.samples.first?.pose.horizontalFieldOfView == 73.7)
        try folder.write(
            Self.subtitles().replacing("[rel_alt", with: "[focal_len: 48.00] [rel_alt"), to: "e.SRT")
        let own = try TelemetryFinder(options: options).find(video: video)
        #expect(own.telemetry?.track.samples.first?.pose.horizontalFieldOfView.map { $0 < 50 } == true)
    }
}
