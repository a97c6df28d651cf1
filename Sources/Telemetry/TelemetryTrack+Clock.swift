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

    /// The same samples by the clock instead of a recording: media time counts from 1970, for pictures that tell when they
    /// were taken. Nil where no sample has a date.
    ///
    /// - Parameter offset: added to the track's clock to get that of the pictures.
    public func byClock(offset: MediaTime = .zero) -> TelemetryTrack? {
        let dated = samples.compactMap { sample -> TelemetrySample? in
            guard let time = sample.localTime else { return nil }
            var sample = sample
            sample.mediaTime = MediaTime(microseconds: time.microseconds) + offset
            return sample
        }
        guard !dated.isEmpty else { return nil }
        // The start of a recording does not matter here.
        return TelemetryTrack(
            file: file, samples: dated, issues: issues.filter { $0.kind != .unknownStart }, variants: variants,
            method: method, clockQuality: clockQuality, coordinateDecimals: coordinateDecimals)
    }

    /// When the recording began (media time zero): the first dated sample, counted back by its media time.
    public func captureStart(clockOffset: MediaTime = .zero) -> CaptureTime? {
        guard let first = samples.first(where: { $0.localTime != nil }), let local = first.localTime else { return nil }
        let start = local.advanced(by: .zero - first.mediaTime).advanced(by: clockOffset)
        return CaptureTime(time: start, quality: clockQuality)
    }
}
