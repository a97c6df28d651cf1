public import Foundation
import Imaging
public import ShrikeCore

/// A recorded video that is read from its first picture on.
public protocol ClipFootage: AnyObject {
    /// 0 where the container does not say.
    var framesPerSecond: Double { get }
    /// Goes to the next picture; false at the end.
    func grab() throws -> Bool
    /// The picture that was gone to.
    func picture() throws -> PixelBuffer
}

/// Cuts short H.264 clips around alerts from a recorded video by reading it again. Calls block.
public struct ClipWriter: Hashable, Sendable {
    public var secondsBefore: Double
    public var secondsAfter: Double
    /// Clips are scaled down to this width.
    public var maximumWidth: Int

    /// Clips written side by side in one pass over the video; more take further passes.
    private static let openClips = 4

    public init(secondsBefore: Double = 2, secondsAfter: Double = 2, maximumWidth: Int = 960) {
        self.secondsBefore = min(max(0, secondsBefore), 60)
        self.secondsAfter = min(max(0, secondsAfter), 60)
        self.maximumWidth = min(max(64, maximumWidth), 3840)
    }

    /// Writes one clip per request into `target(position of the request)`, an `.mp4` path.
    ///
    /// - Parameter open: opens the video; called once a pass.
    /// - Returns: the positions of the requests whose clip has at least one frame; a clip beyond the end of the video
    ///   leaves no file.
    /// - Throws: ``EvidenceError`` where the video cannot be read or a clip cannot be written.
    public func write(
        _ requests: [ClipRequest], from footage: String, open: (String) throws -> any ClipFootage,
        to target: (Int) -> URL
    ) throws(EvidenceError) -> [Int] {
        var waiting = requests.indices.sorted { (requests[$0].frameIndex, $0) < (requests[$1].frameIndex, $1) }
        var written: [Int] = []
        do {
            while !waiting.isEmpty {
                let reader = try open(footage)
                let rate = reader.framesPerSecond
                let plan = ClipPlan(
                    waiting.map { ($0, window(requests[$0].frameIndex, rate: rate > 0 ? rate : 25)) },
                    openClips: Self.openClips)
                written += try pass(
                    plan.thisPass, requests, rate: rate > 0 ? rate : 25, reader: reader, target: target)
                waiting = plan.later
            }
        } catch {
            throw EvidenceError(
                "evidence clips not made (\((error as? ImagingError)?.message ?? "\(error)"))", at: footage,
                remedy: "check that the video is still there and the disk has room; the pictures are complete")
        }
        return written.sorted()
    }

    private func window(_ frame: Int64, rate: Double) -> ClosedRange<Int64> {
        let first = max(0, frame - Int64((secondsBefore * rate).rounded()))
        return first...max(first, frame + Int64((secondsAfter * rate).rounded()))
    }

    /// One reading of the video that serves every clip given.
    private func pass(
        _ clips: [ClipPlan.Clip], _ requests: [ClipRequest], rate: Double, reader: any ClipFootage,
        target: (Int) -> URL
    ) throws -> [Int] {
        guard let last = clips.map(\.frames.upperBound).max() else { return [] }
        var waiting = clips[...]
        var open: [OpenClip] = []
        var written: [Int] = []
        var index: Int64 = 0
        while index <= last, try reader.grab() {
            while let next = waiting.first, next.frames.lowerBound <= index {
                waiting = waiting.dropFirst()
                open.append(OpenClip(next, request: requests[next.position], path: target(next.position).path))
                written.append(next.position)
            }
            if !open.isEmpty {
                try reader.picture().withImage { picture in
                    for clip in open { try clip.write(picture, index: index, rate: rate, maximumWidth: maximumWidth) }
                }
                open.removeAll { $0.frames.upperBound <= index }
            }
            index += 1
        }
        return written
    }
}
