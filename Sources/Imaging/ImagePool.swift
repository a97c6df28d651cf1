internal import COpenCV
import Foundation
public import ShrikeCore

/// Recycles picture memory: a frame's buffer returns here when its last reference goes, so that steady decoding
/// allocates nothing.
public final class ImagePool: Sendable {
    private let free = Handles()
    private let capacity: Int

    /// - Parameter capacity: pictures kept for reuse at most; more are freed.
    public init(capacity: Int) { self.capacity = capacity }

    /// A picture with old or undefined content, to be written to by an operation that sets size and type.
    public func take() throws(ImagingError) -> Image {
        if let handle = free.pop() { return Image(owning: handle) }
        return try Image()
    }

    /// Turns the picture into shared pixels whose memory comes back to this pool.
    public func freeze(_ image: consuming Image) throws(ImagingError) -> PixelBuffer {
        try image.frozen { [free, capacity] in free.push($0, capacity: capacity) }
    }
}

/// Handles waiting to be used again, under a lock.
private final class Handles: @unchecked Sendable {
    // Sendable: `handles` is only touched under `lock`.
    private let lock = NSLock()
    private var handles: [OpaquePointer] = []

    deinit { for handle in handles { cocv_mat_free(handle) } }

    func pop() -> OpaquePointer? { lock.withLock { handles.popLast() } }

    func push(_ handle: OpaquePointer, capacity: Int) {
        let surplus = lock.withLock {
            if handles.count < capacity {
                handles.append(handle)
                return false
            }
            return true
        }
        if surplus { cocv_mat_free(handle) }
    }
}
