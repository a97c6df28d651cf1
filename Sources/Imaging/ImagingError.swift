internal import COpenCV

/// Why OpenCV could not do what was asked.
public struct ImagingError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Reason: Sendable { case badArgument, openFailed, endOfStream, openCV, noMemory, other }

    public var reason: Reason
    public var message: String

    public init(_ reason: Reason, _ message: String) { (self.reason, self.message) = (reason, message) }

    init(_ error: cocv_error) {
        switch error.code {
        case COCV_BAD_ARGUMENT: reason = .badArgument
        case COCV_OPEN_FAILED: reason = .openFailed
        case COCV_END_OF_STREAM: reason = .endOfStream
        case COCV_OPENCV: reason = .openCV
        case COCV_NO_MEMORY: reason = .noMemory
        default: reason = .other
        }
        message = withUnsafeBytes(of: error.message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }

    public var description: String { message }
}

/// Runs one call of the C layer; its error status becomes a thrown ``ImagingError``.
func attempt(_ body: (inout cocv_error) -> Bool) throws(ImagingError) {
    var error = cocv_error()
    if !body(&error) { throw ImagingError(error) }
}

/// The same for a call that returns a handle.
func make(_ body: (inout cocv_error) -> OpaquePointer?) throws(ImagingError) -> OpaquePointer {
    var error = cocv_error()
    guard let handle = body(&error) else { throw ImagingError(error) }
    return handle
}
