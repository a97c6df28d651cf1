import Foundation
import Imaging
import Kernels
import ShrikeCore

/// One pass of a drone along an insulator string: the camera's way and what it sees. Fixed by seed and length.
struct InsulatorPass: Sendable {
    static let width = 1280
    static let height = 720
    static let focalLength = 162.0

    let seconds: Double
    let scene: InsulatorScene
    private let phases: [Double]
    private let zoom: Double
    private let noiseSeed: UInt64
    private let origin: LocalTangent
    private let heading: Double
    let startSeconds: Int
    let elevation: Double
    let altitude: Double

    init(seed: UInt64, seconds: Double) {
        let root = SplitMix64(seed: seed)
        var random = root.split(20)
        self.seconds = seconds
        phases = (0..<8).map { _ in random.uniform(0...(2 * .pi)) }
        zoom = random.uniform(0.95...1.15)
        noiseSeed = random.next()
        origin = LocalTangent(latitude: random.uniform(28...33), longitude: random.uniform(108...116))
        heading = random.uniform(-180...180)
        startSeconds = 1_780_279_200 + random.index(below: 80) * 86_400 + random.index(below: 7200)
        elevation = random.uniform(120...900)
        altitude = random.uniform(32...46)
        // About one unit a second passes; long footage sees a longer string.
        scene = InsulatorScene(seed: root.split(21), units: max(14, min(40, Int(14 + (seconds - 6) * 1.2))))
    }

    /// Row-major 2x3 map from pixels to the string's layer.
    func map(at time: Double) -> [Double] {
        let share = min(1, max(0, time / max(seconds, 0.1)))
        // Gentle start and stop.
        let eased = share * share * (3 - 2 * share)
        let x = scene.start.x + (scene.end.x - scene.start.x) * eased + 16 * sway(0, time, period: 3.7)
        let y =
            scene.start.y + (scene.end.y - scene.start.y) * eased + 22 * sway(1, time, period: 4.9)
            + 5 * sway(2, time, period: 1.1)
        let turn = (1.6 * sway(3, time, period: 6.1) + 0.4 * sway(4, time, period: 1.7)) * .pi / 180
        let scale = zoom * (1 + 0.05 * sway(5, time, period: 8.3))
        let (c, s) = (cos(turn) * scale, sin(turn) * scale)
        let (cx, cy) = (Double(Self.width) / 2, Double(Self.height) / 2)
        return [c, -s, x - c * cx + s * cy, s, c, y - s * cx - c * cy]
    }

    private func sway(_ index: Int, _ time: Double, period: Double) -> Double {
        sin(2 * .pi * time / period + phases[index])
    }

    /// What is far behind moves by a seventh and turns with the camera.
    private func backMap(_ front: [Double]) -> [Double] {
        let (cx, cy) = (Double(Self.width) / 2, Double(Self.height) / 2)
        let at = (x: front[0] * cx + front[1] * cy + front[2], y: front[3] * cx + front[4] * cy + front[5])
        let size = (front[0] * front[0] + front[3] * front[3]).squareRoot()
        let m = [front[0], front[1], front[3], front[4]].map { $0 / size * 0.92 }
        let x = 640 + (at.x - scene.start.x) / 7
        let y = 520 + (at.y - (scene.start.y + scene.end.y) / 2) / 7
        return [m[0], m[1], x - m[0] * cx - m[1] * cy, m[2], m[3], y - m[2] * cx - m[3] * cy]
    }

    func render(frame: Int, at time: Double, into bytes: UnsafeMutableRawBufferPointer) {
        let front = map(at: time)
        let later = map(at: time + 0.008)
        let size = (front[0] * front[0] + front[3] * front[3]).squareRoot()
        let view = ColorLayer.View(
            back: backMap(front), front: front, motionX: (later[2] - front[2]) / size,
            motionY: (later[5] - front[5]) / size, samples: 3, exposure: 1 + 0.03 * sway(6, time, period: 9.1),
            noise: 1.5,
            seed: noiseSeed &+ UInt64(frame))
        scene.front.compose(over: scene.back, view: view, width: Self.width, height: Self.height, into: bytes)
    }

    func telemetry(at time: Double) -> DJISubtitles.Sample {
        // 146 mm a unit: the drone flies along the string, looking across it.
        let along = (map(at: time)[2] - scene.start.x) / InsulatorScene.pitch * 0.146
        let h = heading * .pi / 180
        let place = origin.degrees(east: along * sin(h), north: along * cos(h))
        return DJISubtitles.Sample(
            latitude: place.latitude, longitude: place.longitude,
            relativeAltitude: altitude + 0.1 * sway(1, time, period: 4.9),
            absoluteAltitude: elevation + altitude + 0.1 * sway(1, time, period: 4.9), gimbalYaw: heading - 90,
            gimbalPitch: -8 + 0.3 * sway(2, time, period: 1.1), gimbalRoll: -1.6 * sway(3, time, period: 6.1))
    }

    func observations(frame: Int, at time: Double) -> [FootageTruth.Observation] {
        let m = map(at: time)
        let determinant = m[0] * m[4] - m[1] * m[3]
        return scene.defects.enumerated().compactMap { index, defect in
            let box = defect.box
            let corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom), (box.left, box.bottom)]
                .map {
                    let (x, y) = ($0.0 - m[2], $0.1 - m[5])
                    return Point(x: (m[4] * x - m[1] * y) / determinant, y: (m[0] * y - m[3] * x) / determinant)
                }
            return FootageTruth.Observation(
                frame: frame, defectID: index + 1, outline: corners, width: Self.width, height: Self.height)
        }
    }
}
