import ShrikeCore

/// A track and what is needed to follow it: motion, size and the votes for its class.
struct LiveTrack: Hashable, Sendable, Codable {
    struct ClassVote: Hashable, Sendable, Codable {
        var className: String
        var weight: Double
    }

    private(set) var track: Track
    private var x: AxisFilter
    private var y: AxisFilter
    private var width: Double
    private var height: Double
    /// In the order of first sight.
    private var votes: [ClassVote]

    init(id: Int, detection: Detection, analysis: FrameAnalysis, settings: TrackingSettings) {
        let box = detection.box
        let size = box.side
        x = AxisFilter(
            place: box.center.x, placeDeviation: settings.measurementNoise * size,
            speedDeviation: settings.initialSpeed * size)
        y = AxisFilter(
            place: box.center.y, placeDeviation: settings.measurementNoise * size,
            speedDeviation: settings.initialSpeed * size)
        (width, height) = (box.width, box.height)
        votes = [ClassVote(className: detection.className, weight: detection.score)]
        track = Track(
            id: id, scene: detection.scene, className: detection.className, box: box, detection: detection,
            best: detection, firstSeen: analysis.mediaTime, firstFrame: analysis.frameIndex,
            lastSeen: analysis.mediaTime, lastFrame: analysis.frameIndex, hits: 1, misses: 0, hasEnded: false)
    }

    /// Standard deviation of the predicted center in pixels, on its less certain axis.
    var placeDeviation: Double { max(0, max(x.placeVariance, y.placeVariance)).squareRoot() }

    /// Goes one frame ahead; `motion` maps the previous picture to this one, nil where it is not known.
    mutating func predict(motion: AffineTransform2D?, settings: TrackingSettings) {
        let size = (width * height).squareRoot()
        let kept = track.misses > 0 ? settings.unseenSpeedKept : 1
        x.predict(accelerationDeviation: settings.accelerationNoise * size, speedKept: kept)
        y.predict(accelerationDeviation: settings.accelerationNoise * size, speedKept: kept)
        if let motion {
            follow(motion)
        } else {
            x.loosen(placeDeviation: settings.unknownCameraMotion * size)
            y.loosen(placeDeviation: settings.unknownCameraMotion * size)
        }
        track.box = filteredBox
    }

    /// Goes with the camera and nothing else.
    mutating func move(by motion: AffineTransform2D) {
        follow(motion)
        track.box = motion.apply(track.box)
        track.detection?.box = track.box
    }

    private mutating func follow(_ motion: AffineTransform2D) {
        let scale = motion.lengthScale
        let center = motion.apply(Point(x: x.place, y: y.place))
        let (vx, vy) = (x.speed, y.speed)
        x.move(place: center.x, speed: motion.a * vx + motion.b * vy, scale: scale)
        y.move(place: center.y, speed: motion.c * vx + motion.d * vy, scale: scale)
        width *= scale
        height *= scale
    }

    mutating func take(_ detection: Detection, analysis: FrameAnalysis, settings: TrackingSettings) {
        let deviation = settings.measurementNoise * detection.box.side
        x.correct(measured: detection.box.center.x, deviation: deviation)
        y.correct(measured: detection.box.center.y, deviation: deviation)
        width += 0.5 * (detection.box.width - width)
        height += 0.5 * (detection.box.height - height)
        vote(for: detection)
        track.box = detection.box
        track.detection = detection
        if detection.score > track.best.score { track.best = detection }
        track.lastSeen = analysis.mediaTime
        track.lastFrame = analysis.frameIndex
        track.hits += 1
        track.misses = 0
    }

    mutating func miss() {
        track.detection = nil
        track.misses += 1
    }

    mutating func end() { track.hasEnded = true }

    /// The class of a track is the one with the greatest sum of scores; a tie changes nothing.
    mutating func vote(for detection: Detection) {
        if let i = votes.firstIndex(where: { $0.className == detection.className }) {
            votes[i].weight += detection.score
        } else {
            votes.append(ClassVote(className: detection.className, weight: detection.score))
        }
        var winner = votes.first { $0.className == track.className } ?? votes[0]
        for vote in votes where vote.weight > winner.weight { winner = vote }
        track.className = winner.className
    }

    private var filteredBox: Box {
        Box(x: x.place - width / 2, y: y.place - height / 2, width: width, height: height)
    }
}

extension Box {
    /// Side of the square of equal area.
    var side: Double { area.squareRoot() }

    /// Not empty, and nowhere that no picture reaches.
    var isUsable: Bool {
        abs(x) < 1_000_000 && abs(y) < 1_000_000 && width > 0 && width < 1_000_000 && height > 0 && height < 1_000_000
    }
}
