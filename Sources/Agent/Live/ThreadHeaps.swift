import Foundation

/// The heaps of glibc's allocator, of which it makes up to eight a core as threads come.
enum ThreadHeaps {
    /// `M_ARENA_MAX` of malloc.h.
    private static let arenaMax: CInt = -8

    /// Lets threads share two heaps a core: each keeps what a burst left free at its end, 2 MiB at a time, over hours.
    ///
    /// To be called before there are many threads; without effect where the C library is another one.
    static func share() {
        guard let symbol = dlsym(nil, "mallopt") else { return }
        let set = unsafeBitCast(symbol, to: (@convention(c) (CInt, CInt) -> CInt).self)
        _ = set(arenaMax, CInt(clamping: 2 * ProcessInfo.processInfo.activeProcessorCount))
    }
}
