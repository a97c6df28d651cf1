import ShrikeCore

/// Something that gives pictures for as long as it is connected. Calls block, on the session's own thread.
protocol LiveFeed: Sendable {
    func connect(timing: LiveTiming) throws(LiveFailure) -> any LiveConnection
}

/// One connection, used by one thread.
protocol LiveConnection: AnyObject {
    /// The next picture; thrown is the end of the connection.
    func next() throws(LiveFailure) -> PixelBuffer
}
