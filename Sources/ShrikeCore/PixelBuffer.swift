import Foundation

/// How one pixel lies in memory.
public enum PixelFormat: String, Sendable, Codable {
    /// Blue, green, red, one byte each.
    case bgr8
    /// One byte of brightness.
    case gray8
    /// Two bytes of brightness or raw sensor counts, in the machine's byte order.
    case gray16

    public var bytesPerPixel: Int {
        switch self {
        case .bgr8: 3
        case .gray8: 1
        case .gray16: 2
        }
    }
}

/// Pixels of one picture, immutable and shared by reference; rows top to bottom, each `bytesPerRow` bytes apart.
///
/// The memory belongs to whoever made the buffer; `release` gives it back when the last reference goes.
public final class PixelBuffer: Sendable {
    public let width: Int
    public let height: Int
    public let bytesPerRow: Int
    public let format: PixelFormat
    // Safe: nothing writes to the memory after `init`, and it lives until `deinit` calls `release`.
    nonisolated(unsafe) private let base: UnsafeRawPointer
    private let release: @Sendable () -> Void
    private let lock = NSLock()
    // Safe: only touched under `lock`.
    nonisolated(unsafe) private var kept: (any Sendable)?

    /// - Precondition: `base` holds `height` rows of at least `width * format.bytesPerPixel` bytes and does not change
    ///   until `release` runs.
    public init(
        base: UnsafeRawPointer, width: Int, height: Int, bytesPerRow: Int, format: PixelFormat,
        release: @escaping @Sendable () -> Void
    ) {
        precondition(width > 0 && height > 0 && bytesPerRow >= width * format.bytesPerPixel, "pixel buffer geometry")
        (self.base, self.width, self.height, self.bytesPerRow) = (base, width, height, bytesPerRow)
        (self.format, self.release) = (format, release)
    }

    /// A buffer with its own copy of tightly packed pixels.
    public convenience init(copying bytes: [UInt8], width: Int, height: Int, format: PixelFormat) {
        precondition(bytes.count == width * height * format.bytesPerPixel, "pixel count")
        let copy = UnsafeMutableRawPointer.allocate(byteCount: max(1, bytes.count), alignment: 64)
        bytes.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress!, byteCount: bytes.count) }
        let address = UInt(bitPattern: copy)
        self.init(
            base: UnsafeRawPointer(copy), width: width, height: height, bytesPerRow: width * format.bytesPerPixel,
            format: format
        ) { UnsafeMutableRawPointer(bitPattern: address)?.deallocate() }
    }

    deinit { release() }

    /// A value that is made of the pixels once and kept as long as they live, e.g. a small copy that two stages need.
    ///
    /// One value is kept: a value of another type replaces it. Two threads that ask at the same time may both make it.
    public func derived<T: Sendable, E: Error>(_ make: () throws(E) -> T) throws(E) -> T {
        if let value = lock.withLock({ kept }) as? T { return value }
        let value = try make()
        lock.withLock { kept = value }
        return value
    }

    /// Lends the whole memory, padding between rows included, for the duration of the call.
    public func withUnsafeBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
        try body(UnsafeRawBufferPointer(start: base, count: bytesPerRow * (height - 1) + width * format.bytesPerPixel))
    }
}
