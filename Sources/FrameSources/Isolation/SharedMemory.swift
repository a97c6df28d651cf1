internal import CSandbox
import Foundation
import ShrikeCore
import Synchronization

/// Memory that two processes see.
final class SharedMemory: Sendable {
    private static let last = Atomic(0)
    /// No other piece of this process ever has it.
    let number: Int
    let count: Int
    let descriptor: CInt
    // Safe: an address; who writes to what is behind it, and when, is agreed over the socket.
    nonisolated(unsafe) let base: UnsafeMutableRawPointer

    /// Nil where the system has none left.
    init?(count: Int) {
        let descriptor = csbx_memory(count)
        guard descriptor >= 0 else { return nil }
        guard let base = csbx_map(descriptor, count, true) else {
            close(descriptor)
            return nil
        }
        number = Self.last.add(1, ordering: .relaxed).newValue
        (self.count, self.descriptor, self.base) = (count, descriptor, base)
    }

    deinit {
        csbx_unmap(base, count)
        close(descriptor)
    }
}

/// Shared memory of one source, used again when the last reference to its pixels goes.
final class SharedMemoryPool: @unchecked Sendable {
    // Sendable: everything is only touched under `lock`.
    private let lock = NSLock()
    private var free: [SharedMemory] = []
    private let capacity: Int
    /// Sizes are whole multiples, so that files of about one size use one piece.
    private static let unit = 1 << 20

    init(capacity: Int) { self.capacity = capacity }

    /// A piece of at least so many bytes; nil where the system has none left. What is too small goes.
    func take(_ count: Int) -> SharedMemory? {
        lock.withLock {
            while let piece = free.popLast() { if piece.count >= count { return piece } }
            return SharedMemory(count: (count / Self.unit + 1) * Self.unit)
        }
    }

    func give(_ piece: SharedMemory) {
        lock.withLock { if free.count < capacity { free.append(piece) } }
    }

    /// The piece's content as pixels that lie row after row; it comes back to this pool with their last reference.
    func pixels(_ piece: SharedMemory, width: Int, height: Int, format: PixelFormat) -> PixelBuffer {
        PixelBuffer(
            base: UnsafeRawPointer(piece.base), width: width, height: height,
            bytesPerRow: width * format.bytesPerPixel, format: format
        ) { self.give(piece) }
    }
}
