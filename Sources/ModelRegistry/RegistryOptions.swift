/// How a registry is reached.
public struct RegistryOptions: Sendable {
    public var credentials: RegistryCredentials?
    /// PEM file of the authorities that may sign the registry; nil takes the system's.
    public var caFile: String?
    /// Told of every piece that travels.
    public var progress: (@Sendable (TransferProgress) -> Void)?
    /// Asked now and then; true ends the transfer with `CancellationError`, what arrived is kept.
    public var isCancelled: @Sendable () -> Bool = { false }

    public init() {}
}

/// How far a transfer is.
public struct TransferProgress: Hashable, Sendable {
    /// Name of the file that travels now.
    public var file: String
    /// Bytes of all blobs that must travel, and how many have, those of an earlier attempt included.
    public var bytesTotal: Int64
    public var bytesDone: Int64
}

/// What a transfer moved.
public struct TransferResult: Hashable, Sendable {
    /// Bytes of blobs and manifests that travelled.
    public var bytes: Int64 = 0
    /// Blobs that travelled, and blobs that were there.
    public var blobsMoved = 0
    public var blobsKept = 0

    public init() {}
}
