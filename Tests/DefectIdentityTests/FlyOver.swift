import Foundation
import Kernels
import ShrikeCore
import SyntheticFootage
import Telemetry

@testable import DefectIdentity

/// A generated flight as an imperfect detector sees it: boxes jitter by a pixel, one class in ten is a like one, one track in
/// ten breaks in two, one defect in thirty is missed, and one sighting in twenty is nothing at all.
struct FlyOver {
    private(set) var sightings: [DefectSighting] = []
    /// Which defect of the truth a sighting is, by its defect id; false alarms have none.
    private(set) var truth: [String: Int] = [:]
    let footage: FootageTruth
    let track: TelemetryTrack

    init(seed: UInt64, visit: Int, seconds: Double, gpsNoise: Double, folder: String) throws {
        let made = try FootageGenerator.generate(
            kind: .solar, seed: seed, seconds: seconds, to: folder,
            options: FootageOptions(writesVideo: false, visit: visit, gpsNoiseMeters: gpsNoise))
        let bytes = try Data(contentsOf: URL(filePath: made.telemetryPath))
        footage = made.truth
        track = try DJISubtitles.parse(Array(bytes), file: "solar.SRT")
        var random = SplitMix64(seed: seed &* 7919 &+ UInt64(visit))
        let seen = Dictionary(grouping: footage.observations.filter { $0.visible > 0.95 }, by: \.defectID)
        for defect in footage.defects {
            guard let observations = seen[defect.id], observations.count >= 8, random.unit() > 0.033 else { continue }
            if random.unit() < 0.1, observations.count > 60 {
                let half = observations.count / 2
                add(defect, Array(observations[..<half]), &random)
                add(defect, Array(observations[half...]), &random)
            } else {
                add(defect, observations, &random)
            }
        }
        for _ in 0..<sightings.count / 20 { addFalseAlarm(&random) }
    }

    private mutating func add(
        _ defect: FootageTruth.Defect, _ seen: [FootageTruth.Observation], _ random: inout SplitMix64
    ) {
        // An alert opens in the fifth frame of a track: near the edge of the picture, where places are worst.
        guard seen.count > 5 else { return }
        let opening = seen[4]
        let family = ["hot_cell", "hot_substring", "hot_module", "hot_string"]
        let name = random.unit() < 0.1 ? family[random.index(below: 4)] : defect.className
        append(
            opening.box, frame: opening.frame, last: seen[seen.count - 1].frame, className: name,
            deltaKelvin: (defect.deltaKelvin ?? 0) + random.normal(), truth: defect.id, &random)
    }

    private mutating func addFalseAlarm(_ random: inout SplitMix64) {
        let frame = random.index(below: footage.frameCount - 10)
        let box = Box(x: random.uniform(20...600), y: random.uniform(20...480), width: 9, height: 9)
        append(box, frame: frame, last: frame + 8, className: "hot_cell", deltaKelvin: 5, truth: nil, &random)
    }

    private mutating func append(
        _ box: Box, frame: Int, last: Int, className: String, deltaKelvin: Double, truth id: Int?,
        _ random: inout SplitMix64
    ) {
        let box = Box(
            x: box.x + random.normal(), y: box.y + random.normal(), width: max(3, box.width + random.normal()),
            height: max(3, box.height + random.normal()))
        func time(_ frame: Int) -> MediaTime { MediaTime(seconds: Double(frame) / Double(footage.framesPerSecond)) }
        guard let pose = track.pose(at: time(frame)), let capture = track.captureTime(at: time(frame)) else { return }
        let (w, h) = (Double(footage.width), Double(footage.height))
        let share = Box(x: box.x / w, y: box.y / h, width: box.width / w, height: box.height / h)
        let size = GroundSize.side(of: share, imageWidth: footage.width, imageHeight: footage.height, pose: pose)
        let place = try? GroundProjection(
            imageWidth: footage.width, imageHeight: footage.height,
            uncertainty: PoseUncertainty().withRounding(of: track)
        ).place(of: box.center, pose: pose, rate: track.rate(at: time(frame)) ?? PoseRate(), method: .srt).get()
        // Ids in no order that tells which is which.
        let defectID = String(random.next(), radix: 16) + String(random.next(), radix: 16)
        if let id { truth[defectID] = id }
        sightings.append(
            DefectSighting(
                defectID: defectID, pass: "\(capture.time.microseconds / 86_400_000_000)/solar", className: className,
                score: 0.8, time: capture.time, firstSeen: time(frame - 4), lastSeen: time(last), place: place,
                sizeMeters: size?.meters, metersPerPixel: size?.metersPerPixel, deltaKelvin: deltaKelvin))
    }
}
