public import ShrikeCore

extension TelemetryTrack {
    /// Pose at a moment, interpolated between the samples before and after it; nil further than `maximumGap` (by default
    /// ``usualGap``) from any.
    ///
    /// Latitude, longitude (across the antimeridian), heights and field of view are linear; yaw, pitch and roll go the
    /// short way round. A field that only one neighbor has is taken from it where it is the nearer one. Where the
    /// neighbors are more than twice `maximumGap` apart, the nearer one is held: recordings joined in one file must not
    /// be blended. `sampleOffsetMilliseconds` is the distance to the nearest sample.
    public func pose(at time: MediaTime, maximumGap: MediaTime? = nil) -> Pose? {
        let maximumGap = maximumGap ?? usualGap
        let after = firstIndex(after: time)
        let before = after - 1
        let previous = before >= 0 ? samples[before] : nil
        let next = after < samples.count ? samples[after] : nil
        let toPrevious = previous.map { (time - $0.mediaTime).microseconds }
        let toNext = next.map { ($0.mediaTime - time).microseconds }
        let nearest = min(toPrevious ?? .max, toNext ?? .max)
        guard nearest <= maximumGap.microseconds else { return nil }

        var pose: Pose
        if let previous, let next, let toPrevious, let toNext {
            let span = Double(toPrevious) + Double(toNext)
            let fraction = span > 0 ? Double(toPrevious) / span : 0
            let isBlended = span <= 2 * Double(maximumGap.microseconds)
            pose =
                isBlended
                ? previous.pose.interpolated(to: next.pose, fraction: fraction)
                : (toPrevious <= toNext ? previous.pose : next.pose)
        } else {
            pose = (previous ?? next)?.pose ?? Pose()
        }
        pose.sampleOffsetMilliseconds = Double(nearest) / 1000
        return pose
    }

    /// How fast the pose changes at a moment, from the samples around it; nil where there is no telemetry or no
    /// movement can be told. Needed to turn a timing error into meters.
    public func rate(at time: MediaTime, maximumGap: MediaTime? = nil) -> PoseRate? {
        // Half a second each way: longer than the steps of 1 Hz telemetry allow for less, shorter than a turn.
        let half = MediaTime(milliseconds: 500)
        guard let a = pose(at: time - half, maximumGap: maximumGap),
            let b = pose(at: time + half, maximumGap: maximumGap)
        else { return nil }
        return PoseRate(from: a, to: b, seconds: (half + half).seconds)
    }

    /// Index of the first sample later than `time`.
    func firstIndex(after time: MediaTime) -> Int {
        var low = 0
        var high = samples.count
        while low < high {
            let middle = low + (high - low) / 2
            if samples[middle].mediaTime <= time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
