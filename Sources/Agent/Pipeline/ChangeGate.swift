import Imaging
import ShrikeCore

/// Which frames of moving footage are looked at.
public enum LookPolicy: String, Sendable, Codable, CaseIterable {
    /// All of them.
    case every
    /// Those that show something new; see ``ChangeGate``.
    case changes
}

/// Tells frames that show something new from those that show what was looked at already.
///
/// A frame is compared with the last one that was looked at: where the largest difference of a cell of their thumbnails stays
/// within ``tolerance``, it shows the same. A camera that moves is followed first, as long as hardly anything new came into
/// the picture. After a change frames are looked at until alerts are confirmed or lost, and one is looked at after ``longestPause`` in any case,
/// because a thing may come so faintly that no cell tells.
///
/// What is decided depends on the frames and ``Memory`` only, so that a run that was interrupted decides as one in one go.
struct ChangeGate: Sendable {
    struct Memory: Sendable, Codable {
        /// The last frame that was looked at.
        fileprivate var reference: PictureThumbnail?
        fileprivate var lookedAt = MediaTime.zero
        /// Looks without a change since the last one.
        fileprivate var calmLooks = 0
        /// From the reference to the last frame.
        fileprivate var motion: AffineTransform2D?
    }

    enum Verdict: Sendable {
        case look
        /// Motion of the picture since the frame before; nil where it did not move.
        case same(motion: AffineTransform2D?)
    }

    var memory = Memory()
    /// Grey levels of 255.
    private let tolerance: Double
    /// Share of the longer side that may have come into the picture unseen.
    private let unseenShare = 0.02
    private let longestPause: MediaTime
    /// Looks after a change before the first pause.
    private let settlingLooks: Int
    private let estimator = CameraMotionEstimator()
    /// Which versions of the scenes looked last; others look anew.
    private var edition: Int?

    /// - Parameter scenes: that look at the source; their persistence says how long looks go on after a change.
    init(scenes: [SceneDefinition], tolerance: Double = 8, longestPause: MediaTime = MediaTime(seconds: 5)) {
        (self.tolerance, self.longestPause) = (tolerance, longestPause)
        settlingLooks = scenes.map { max($0.persistence.window, $0.persistence.maximumMisses) + 1 }.max() ?? 1
    }

    /// Takes the next frame.
    ///
    /// - Parameter edition: number of the scenes' versions.
    mutating func judge(_ frame: Frame, edition: Int) -> Verdict {
        let isNewEdition = self.edition != nil && self.edition != edition
        self.edition = edition
        // Of raw thermal counts a thumbnail tells too little: a degree is a few of thousands.
        guard frame.pixels.format != .gray16, let thumbnail = try? PictureThumbnail(of: frame.pixels) else {
            memory = Memory()
            return .look
        }
        let comparison = isNewEdition ? nil : memory.reference.flatMap { compare($0, thumbnail, frame) }
        if let motion = comparison, memory.calmLooks >= settlingLooks, frame.mediaTime >= memory.lookedAt,
            frame.mediaTime - memory.lookedAt < longestPause
        {
            let before = memory.motion
            memory.motion = motion
            guard before != motion, let back = (before ?? .identity).inverse else { return .same(motion: nil) }
            return .same(motion: (motion ?? .identity).after(back))
        }
        memory.calmLooks = comparison == nil ? 0 : min(memory.calmLooks + 1, settlingLooks)
        (memory.reference, memory.lookedAt, memory.motion) = (thumbnail, frame.mediaTime, nil)
        return .look
    }

    /// How the picture moved where both show the same: `.some(nil)` where it did not. Nil where the later one shows something new.
    private func compare(
        _ reference: PictureThumbnail, _ later: PictureThumbnail, _ frame: Frame
    ) -> AffineTransform2D?? {
        guard let difference = try? reference.largestDifference(to: later) else { return nil }
        if difference <= tolerance { return .some(nil) }
        guard let motion = try? estimator.motion(from: reference, to: later), showsNothingNew(motion, frame),
            let rest = try? reference.largestDifference(to: later, motion: motion), rest <= tolerance
        else { return nil }
        return .some(motion)
    }

    private func showsNothingNew(_ motion: AffineTransform2D, _ frame: Frame) -> Bool {
        let (width, height) = (Double(frame.width), Double(frame.height))
        let reach = unseenShare * max(width, height)
        return [(0, 0), (width, 0), (0, height), (width, height)].allSatisfy { x, y in
            let moved = motion.apply(Point(x: x, y: y))
            return abs(moved.x - x) <= reach && abs(moved.y - y) <= reach
        }
    }
}
