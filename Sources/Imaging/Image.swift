internal import COpenCV
public import ShrikeCore

/// A uniquely owned, mutable picture: OpenCV's matrix of 8-bit, 16-bit or float values, rows top to bottom, BGR order.
///
/// Move-only, so no two tasks can write to it. ``frozen()`` turns it into an immutable ``PixelBuffer`` without a copy.
public struct Image: ~Copyable, @unchecked Sendable {
    // Sendable: one owner at a time, and cv::Mat has no thread affinity.
    let handle: OpaquePointer

    public enum Depth: Int32, Sendable {
        case uint8 = 0
        case uint16 = 2
        case float32 = 5
    }

    public enum Interpolation: Int32, Sendable {
        case nearest = 0
        case linear = 1
        case cubic = 2
        case area = 3
    }

    init(owning handle: OpaquePointer) { self.handle = handle }

    /// A picture with undefined content.
    public init(width: Int, height: Int, channels: Int = 3, depth: Depth = .uint8) throws(ImagingError) {
        handle = try make {
            cocv_mat_create(
                Int32(clamping: height), Int32(clamping: width), depth.rawValue, Int32(clamping: channels), &$0)
        }
    }

    /// An empty picture, to be written to by an operation that sets the size.
    public init() throws(ImagingError) { try self.init(width: 0, height: 0) }

    /// A picture over memory of the caller, which must outlive it, its rows one after another. An operation that sets another
    /// size or type leaves that memory.
    public init(
        wrapping base: UnsafeMutableRawPointer, width: Int, height: Int, format: PixelFormat
    ) throws(ImagingError) {
        handle = try make {
            cocv_mat_wrap(
                base, Int32(clamping: height), Int32(clamping: width), format == .gray16 ? 2 : 0,
                format == .bgr8 ? 3 : 1, width * format.bytesPerPixel, &$0)
        }
    }

    /// A copy of shared pixels.
    public init(copying pixels: PixelBuffer) throws(ImagingError) {
        handle = try pixels.withImage { (image) throws(ImagingError) in
            let original = image.handle
            return try make { cocv_mat_clone(original, &$0) }
        }
    }

    deinit { cocv_mat_free(handle) }

    var view: cocv_view {
        var view = cocv_view()
        cocv_mat_view(handle, &view)
        return view
    }

    public var width: Int { Int(view.cols) }
    public var height: Int { Int(view.rows) }
    public var channels: Int { Int(view.channels) }
    public var bytesPerRow: Int { view.step }
    public var depth: Depth? { Depth(rawValue: view.depth) }
    public var isEmpty: Bool { view.data == nil || width == 0 || height == 0 }

    /// Format of the pixels where it is one that frames use.
    public var pixelFormat: PixelFormat? {
        switch (channels, depth) {
        case (3, .uint8): .bgr8
        case (1, .uint8): .gray8
        case (1, .uint16): .gray16
        default: nil
        }
    }

    /// Lends the memory, padding between rows included.
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        let view = view
        return try body(
            UnsafeRawBufferPointer(start: view.data, count: view.data == nil ? 0 : view.step * Int(view.rows)))
    }

    /// Lends the memory for writing, padding between rows included.
    public mutating func withUnsafeMutableBytes<R, E: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(E) -> R
    ) throws(E) -> R {
        let view = view
        return try body(
            UnsafeMutableRawBufferPointer(start: view.data, count: view.data == nil ? 0 : view.step * Int(view.rows)))
    }

    /// Gives up mutation; the pixels can then be shared between tasks and are freed with the last reference.
    ///
    /// - Throws: ``ImagingError`` where the picture is empty or of a type that frames do not use.
    public consuming func frozen() throws(ImagingError) -> PixelBuffer {
        try frozen { cocv_mat_free($0) }
    }

    /// As ``frozen()``, with the memory handed to `recycle` instead of freed.
    consuming func frozen(recycle: @escaping @Sendable (OpaquePointer) -> Void) throws(ImagingError) -> PixelBuffer {
        let view = view
        let address = UInt(bitPattern: handle)
        guard let format = pixelFormat, let base = view.data, view.rows > 0, view.cols > 0 else {
            _ = consume self
            throw ImagingError(.badArgument, "picture is empty or of an unsupported type")
        }
        discard self
        return PixelBuffer(
            base: UnsafeRawPointer(base), width: Int(view.cols), height: Int(view.rows), bytesPerRow: view.step,
            format: format
        ) {
            if let handle = OpaquePointer(bitPattern: address) { recycle(handle) }
        }
    }
}

extension PixelBuffer {
    /// Lends the pixels as a picture for reading, without a copy. The picture must not be written to or kept.
    public func withImage<R: ~Copyable, E: Error>(_ body: (borrowing Image) throws(E) -> R) throws(E) -> R {
        let address = withUnsafeBytes { UnsafeMutableRawPointer(mutating: $0.baseAddress) }
        var error = cocv_error()
        let handle = cocv_mat_wrap(
            address, Int32(clamping: height), Int32(clamping: width), format == .gray16 ? 2 : 0,
            format == .bgr8 ? 3 : 1,
            bytesPerRow, &error)
        guard let handle else { preconditionFailure("pixel buffer geometry: \(ImagingError(error))") }
        let image = Image(owning: handle)
        // The wrapped memory must outlive the picture.
        defer { withExtendedLifetime(self) {} }
        return try body(image)
    }
}

/// OpenCV itself.
public enum OpenCVLibrary {
    public static var version: String { String(cString: cocv_version()) }

    /// Number of threads OpenCV may use inside one call; 1 keeps results and load predictable.
    public static func setThreads(_ count: Int) { cocv_set_threads(Int32(clamping: count)) }

    /// Nothing on standard error: what matters comes back as errors.
    public static func silence() { cocv_set_log_level(0) }
}
