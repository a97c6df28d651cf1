/// Where frames come from, behind one call. One consumer pulls; blocking work happens on the source's own thread.
public protocol FrameSource: Sendable {
    var info: SourceInfo { get }

    /// The next thing that happened, or nil at the end of recorded footage or after ``stop()``.
    ///
    /// A bad picture, a lost camera or a skipped file is an event, not an error. Thrown is only what ends the source for
    /// good (a file that is no video), as a ``SourceError``.
    func next() async throws -> SourceEvent?

    /// Ends the source from any task; a waiting ``next()`` returns nil within 5 seconds.
    func stop()
}

public enum SourceEvent: Sendable {
    case frame(Frame)
    /// A picture that could not be used; the source goes on. `name` is the file or media position.
    case skipped(name: String, reason: String)
    /// Frames a live source replaced by newer ones before anyone asked for them.
    case dropped(count: Int)
    case state(SourceState)
}

/// What a source is, with nothing secret in it.
public struct SourceInfo: Hashable, Sendable, Codable {
    public enum Kind: String, Sendable, Codable { case camera, file, drone }

    /// Name in topics, metrics and alerts: letters, digits, `-`, `_`, `.`.
    public var id: String
    public var kind: Kind
    /// Address with user name and password removed.
    public var redactedAddress: String
    /// Live sources keep the newest frame; recorded ones never drop.
    public var isLive: Bool
    /// Frames follow each other in time (video), as opposed to independent stills.
    public var isMotion: Bool

    public init(id: String, kind: Kind, redactedAddress: String, isLive: Bool, isMotion: Bool) {
        (self.id, self.kind, self.redactedAddress) = (id, kind, redactedAddress)
        (self.isLive, self.isMotion) = (isLive, isMotion)
    }
}

/// How a source is doing.
public enum SourceState: Hashable, Sendable {
    case connecting
    case up
    /// Connected, but no picture for longer than the limit.
    case stalled
    /// Pictures arrive and are all the same.
    case frozen
    /// The camera refused the credentials.
    case unauthorized
    /// Not reachable or gone; tried again after the delay.
    case retrying(reason: String, after: MediaTime)
    case ended

    /// One word for topics and metrics.
    public var name: String {
        switch self {
        case .connecting: "connecting"
        case .up: "up"
        case .stalled: "stalled"
        case .frozen: "frozen"
        case .unauthorized: "auth"
        case .retrying: "retrying"
        case .ended: "ended"
        }
    }
}

/// Why a source cannot give frames: what, where, and what to do. Never holds a password.
public struct SourceError: Error, Hashable, Sendable, CustomStringConvertible {
    public var what: String
    /// Redacted address or path.
    public var place: String
    public var remedy: String

    public init(_ what: String, at place: String, remedy: String) {
        (self.what, self.place, self.remedy) = (what, place, remedy)
    }

    public var description: String { "\(what): \(place); \(remedy)" }
}

/// How far a recorded source was analysed, kept with the alerts so a restart continues exactly there.
public struct FrameCursor: Hashable, Sendable, Codable {
    /// Recording the cursor belongs to; another origin starts anew.
    public var origin: String
    /// Last frame whose consequences are stored.
    public var frameIndex: Int64
    public var mediaTime: MediaTime
    public var isComplete: Bool

    public init(origin: String, frameIndex: Int64, mediaTime: MediaTime, isComplete: Bool = false) {
        (self.origin, self.frameIndex, self.mediaTime) = (origin, frameIndex, mediaTime)
        self.isComplete = isComplete
    }
}
