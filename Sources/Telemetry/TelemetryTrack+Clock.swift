public import ShrikeCore

extension TelemetryTrack {
    /// When the picture at `time` was taken; nil where the file carries no dates or the nearest is more than a minute
    /// off.
    ///
    /// DJI writes wall-clock times without a zone. `clockOffset` is what has to be added to the camera's clock to get
    /// UTC: minus two hours for a camera set to UTC+2. Counted from the nearest sample, so recordings joined in one
    /// file each keep their own date.
    public func captureTime(at time: MediaTime, clockOffset: MediaTime = .zero) -> CaptureTime? {
        let after = firstIndex(after: time)
        // The nearest few samples are enough: a variant writes its date in every cue or in none.
        let near = samples[max(0, after - 2)..<min(samples.count, after + 2)].filter { $0.localTime != nil }
        let nearest = near.min {
            (time - $0.mediaTime).microseconds.magnitude < (time - $1.mediaTime).microseconds.magnitude
        }
        guard let nearest, let local = nearest.localTime else { return nil }
        let distance = time - nearest.mediaTime
        guard distance.microseconds.magnitude <= 60_000_000 else { return nil }
        return CaptureTime(time: local.advanced(by: distance).advanced(by: clockOffset), quality: clockQuality)
    }

    /// When the recording began (media time zero): the first dated sample, counted back by its media time.
    public func captureStart(clockOffset: MediaTime = .zero) -> CaptureTime? {
        guard let first = samples.first(where: { $0.localTime != nil }), let local = first.localTime else { return nil }
        let start = local.advanced(by: .zero - first.mediaTime).advanced(by: clockOffset)
        return CaptureTime(time: start, quality: clockQuality)
    }
}
