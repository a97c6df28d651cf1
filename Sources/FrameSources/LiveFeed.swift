import ShrikeCore

/// Something that gives pictures for as long as it is connected. Calls block, on the session's own thread.
protocol LiveFeed: Sendable {
    /// - Parameter isWanted: asked while a connection waits; after false it ends soon, where it can.
    func connect(
        timing: LiveTiming, isWanted: @escaping @Sendable () -> Bool
    ) throws(LiveFailure) -> any LiveConnection
}

/// One connection, used by one thread.
protocol LiveConnection: AnyObject {
    /// The next picture; thrown is the end of the connection.
    func next() throws(LiveFailure) -> PixelBuffer
}
