public import ShrikeCore

/// The telemetry of one recording: samples sorted by media time, what was wrong with the file, and which variants it
/// is.
public struct TelemetryTrack: Hashable, Sendable, Codable {
    /// File the track was read from, as the caller named it.
    public var file: String
    /// Sorted by ``TelemetrySample/mediaTime``; samples of equal time keep the order of the file. Never empty.
    public internal(set) var samples: [TelemetrySample]
    public var issues: [TelemetryIssue]
    /// Names of the formats met, in order of appearance, e.g. `dji-p4rtk`, `dji-mavic-2`.
    public var variants: [String]
    /// How a place computed from these poses is marked.
    public var method: GroundPoint.Method
    /// How far ``TelemetrySample/localTime`` can be trusted once its offset is known.
    public var clockQuality: ClockQuality
    /// Digits after the point in the file's coordinates; four digits are steps of 11 m.
    public var coordinateDecimals: Int?
    /// How far from a sample a pose is still given: 1.5 s, or three quarters of the usual distance of samples where a logger
    /// writes less often, at most 10 s.
    public private(set) var usualGap = MediaTime(milliseconds: 1500)

    /// Sorts the samples.
    public init(
        file: String, samples: [TelemetrySample], issues: [TelemetryIssue] = [], variants: [String] = [],
        method: GroundPoint.Method = .none, clockQuality: ClockQuality = .file, coordinateDecimals: Int? = nil
    ) {
        (self.file, self.issues, self.variants, self.method) = (file, issues, variants, method)
        (self.clockQuality, self.coordinateDecimals) = (clockQuality, coordinateDecimals)
        self.samples = samples
        if !zip(samples, samples.dropFirst()).allSatisfy({ $0.mediaTime <= $1.mediaTime }) {
            // `sort` promises no stability, so the position breaks ties.
            self.samples = samples.enumerated()
                .sorted { ($0.element.mediaTime, $0.offset) < ($1.element.mediaTime, $1.offset) }.map(\.element)
        }
        usualGap = Self.usualGap(self.samples)
    }

    private static func usualGap(_ samples: [TelemetrySample]) -> MediaTime {
        // The first thousand tell how often a device writes; a few tell nothing.
        let steps = zip(samples.prefix(1000), samples.dropFirst())
            .map { ($1.mediaTime - $0.mediaTime).microseconds }.sorted()
        let usual = steps.count < 5 ? 0 : steps[steps.count / 2]
        return MediaTime(microseconds: min(10_000_000, max(1_500_000, usual / 4 * 3)))
    }

    /// Whether any sample has a place.
    public var hasPlaces: Bool { samples.contains { $0.hasPlace } }

    /// The track on another media clock: every media time grows by `time`. For a side-car that starts late because it
    /// continues an earlier recording, give minus its first media time.
    public func shifted(by time: MediaTime) -> TelemetryTrack {
        var copy = self
        for index in copy.samples.indices {
            let moved = copy.samples[index].mediaTime + time
            copy.samples[index].mediaTime = moved
        }
        return copy
    }

    /// The track with a horizontal field of view, in degrees, where its samples tell none: side-cars without optics.
    public func filling(horizontalFieldOfView degrees: Double) -> TelemetryTrack {
        var copy = self
        for index in copy.samples.indices where copy.samples[index].pose.horizontalFieldOfView == nil {
            copy.samples[index].pose.horizontalFieldOfView = degrees
        }
        return copy
    }

    /// Standard deviation that rounding of the coordinates adds to each axis, in meters; 0 where it is not known.
    public var roundingErrorMeters: Double {
        guard let coordinateDecimals else { return 0 }
        var step = 111_320.0
        for _ in 0..<min(coordinateDecimals, 12) { step /= 10 }
        return step / 12.0.squareRoot()
    }
}
