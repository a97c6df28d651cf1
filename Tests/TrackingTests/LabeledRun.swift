import ShrikeCore

/// Footage with boxes whose true identity is known, and ways to spoil it.
struct LabeledRun: Sendable {
    struct Frame: Sendable {
        var detections: [Detection]
        /// True identity of each detection; 0 for a false one.
        var ids: [Int]
        var motion: AffineTransform2D?
    }

    struct Noise: Sendable {
        var name: String
        var dropped = 0.0
        /// Standard deviation of the center in box sizes; half of it for the logarithm of the size.
        var jitter = 0.0
        /// Chance of one, and again of a second, false box in a frame.
        var falseBoxes = 0.0
        var seed: UInt64 = 1
    }

    var name: String
    var width = 640
    var height = 512
    var framesPerSecond = 2.0
    var frames: [Frame]

    /// Identities that the labels show in so many frames or more.
    func identities(seenAtLeast count: Int) -> Set<Int> {
        var seen: [Int: Int] = [:]
        for frame in frames { for id in frame.ids where id > 0 { seen[id, default: 0] += 1 } }
        return Set(seen.filter { $0.value >= count }.keys)
    }

    func spoiled(by noise: Noise) -> LabeledRun {
        guard noise.dropped > 0 || noise.jitter > 0 || noise.falseBoxes > 0 else { return self }
        var random = SplitMix64(state: noise.seed)
        var run = self
        for f in frames.indices {
            var detections: [Detection] = []
            var ids: [Int] = []
            for (detection, id) in zip(frames[f].detections, frames[f].ids) where random.unit() >= noise.dropped {
                var spoiled = detection
                let size = detection.box.area.squareRoot()
                let center = detection.box.center
                let (dx, dy) = (random.normal() * noise.jitter * size, random.normal() * noise.jitter * size)
                let w = detection.box.width * max(0.5, 1 + random.normal() * noise.jitter / 2)
                let h = detection.box.height * max(0.5, 1 + random.normal() * noise.jitter / 2)
                spoiled.box = Box(x: center.x + dx - w / 2, y: center.y + dy - h / 2, width: w, height: h)
                spoiled.score = noise.jitter > 0 ? 0.3 + 0.65 * random.unit() : detection.score
                detections.append(spoiled)
                ids.append(id)
            }
            for _ in 0..<2 where random.unit() < noise.falseBoxes {
                detections.append(
                    Detection(
                        scene: "run", className: "person", score: 0.3 + 0.4 * random.unit(),
                        box: Box(
                            x: random.unit() * Double(width - 20), y: random.unit() * Double(height - 30),
                            width: 12 + 8 * random.unit(), height: 20 + 14 * random.unit())))
                ids.append(0)
            }
            (run.frames[f].detections, run.frames[f].ids) = (detections, ids)
        }
        return run
    }

    func analysis(_ index: Int, withMotion: Bool = true) -> FrameAnalysis {
        FrameAnalysis(
            frameIndex: Int64(index), mediaTime: MediaTime(seconds: Double(index) / framesPerSecond), width: width,
            height: height, detections: frames[index].detections, cameraMotion: withMotion ? frames[index].motion : nil)
    }
}

/// S. Vigna's generator, for seeded noise.
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func unit() -> Double { Double(next() >> 11) / 9_007_199_254_740_992 }

    /// Sum of twelve uniform numbers less six: mean 0, standard deviation 1.
    mutating func normal() -> Double {
        var sum = -6.0
        for _ in 0..<12 { sum += unit() }
        return sum
    }
}
