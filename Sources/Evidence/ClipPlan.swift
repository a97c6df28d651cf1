/// Which clips one pass over a video serves, so that only a few encoders are open at a time. A pure function.
struct ClipPlan {
    struct Clip: Hashable {
        /// Position of the request.
        var position: Int
        var frames: ClosedRange<Int64>
    }

    /// By first frame.
    var thisPass: [Clip] = []
    var later: [Int] = []

    /// - Parameter requests: by first frame.
    init(_ requests: [(position: Int, frames: ClosedRange<Int64>)], openClips: Int) {
        var ends: [Int64] = []
        for request in requests {
            ends.removeAll { $0 < request.frames.lowerBound }
            if ends.count < max(1, openClips) {
                ends.append(request.frames.upperBound)
                thisPass.append(Clip(position: request.position, frames: request.frames))
            } else {
                later.append(request.position)
            }
        }
    }
}
