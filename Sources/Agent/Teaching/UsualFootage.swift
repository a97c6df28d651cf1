import Detection
import FrameSources
import Integrity
import SceneTraining
import ShrikeCore

/// Goes through footage that looks as usual and hands out what the base makes of each frame.
struct UsualFootage: Sendable {
    /// A frame by name, and what the base makes of it.
    struct Look: Sendable {
        var name: String
        var picture: NormalPicture

        var taught: TaughtPicture { TaughtPicture(digest: picture.digest, name: name, label: .normal) }
    }

    let footage: [String]
    /// Frames that were taught before.
    let known: Set<String>

    /// The first frame's size, which the input of a new scene suits.
    func size() async throws -> (width: Int, height: Int) {
        for address in footage {
            let source = try await FootageOpener.open(address, options: SourceOptions(isolation: .ofThisProgram))
            defer { source.stop() }
            while let event = try await source.next() {
                if case .frame(let frame) = event { return (frame.width, frame.height) }
            }
        }
        throw noPicture
    }

    var noPicture: AgentError {
        AgentError(
            "footage has no new picture", at: footage.joined(separator: ", "), remedy: "name a video or pictures")
    }

    /// - Parameter take: gets each frame that is new, with its pixels, in order.
    /// - Returns: how many frames were known.
    @discardableResult
    func forEach(
        _ backbone: Backbone, progress: @escaping SceneTeaching.Progress,
        _ take: (Look, PixelBuffer) throws -> Void
    ) async throws -> Int {
        let thread = BlockingThread(label: "usual")
        let looker = try Looker(backbone)
        var (seen, repeated) = (Set<String>(), 0)
        for address in footage {
            let source = try await FootageOpener.open(address, options: SourceOptions(isolation: .ofThisProgram))
            defer { source.stop() }
            while let event = try await source.next() {
                guard case .frame(let frame) = event else { continue }
                let digest = frame.contentDigest()
                guard !known.contains(digest.description), seen.insert(digest.description).inserted else {
                    repeated += 1
                    continue
                }
                let vectors = try await thread.run { try looker.vectors(frame.pixels) }
                let name = frame.fileName ?? "\(address)#\(frame.index)"
                try take(Look(name: name, picture: NormalPicture(digest: digest, vectors: vectors)), frame.pixels)
                progress("looking at frame \(seen.count)", 0)
                try Task.checkCancellation()
            }
        }
        return repeated
    }

    /// Has the base's buffers; asked by one thread.
    private final class Looker: @unchecked Sendable {
        // Sendable: only the one `BlockingThread` above calls it.
        private let extractor: FeatureExtractor

        init(_ backbone: Backbone) throws { extractor = try FeatureExtractor(backbone) }

        func vectors(_ pixels: PixelBuffer) throws -> [Float] {
            try extractor.withFeatures(of: pixels) { $0.meanCells(0) }
        }
    }
}
