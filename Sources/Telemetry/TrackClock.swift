public import ShrikeCore

/// How the times of a track map onto the recording it belongs to.
public struct TrackClock: Hashable, Sendable, Codable {
    /// UTC at media time zero of the recording; nil takes the track's first sample, and an issue says so.
    public var recordingStart: Timestamp?
    /// Added to the times of the track: what its clock is behind that of the recording.
    public var offset: MediaTime

    public init(recordingStart: Timestamp? = nil, offset: MediaTime = .zero) {
        (self.recordingStart, self.offset) = (recordingStart, offset)
    }

    /// Media times of samples that carry only dates; notes where the start had to be assumed.
    func place(_ samples: inout [TelemetrySample], log: inout IssueLog) {
        guard let first = samples.compactMap(\.localTime).min() else { return }
        if recordingStart == nil {
            log.add(
                .unknownStart, line: nil,
                "the start of the recording is not known; the track's first time, \(first.rfc3339), is taken for it"
            )
        }
        let start = recordingStart ?? first
        for index in samples.indices {
            guard let time = samples[index].localTime else { continue }
            samples[index].mediaTime = time.since(start) + offset
        }
    }
}
