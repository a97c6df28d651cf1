import FrameSources
import Imaging
import Inference
import ShrikeCore

/// Takes pictures evenly out of footage, scaled to a network's input.
struct PictureSample {
    /// Pictures at most.
    let count: Int
    let input: InputSize

    /// - Throws: ``AgentError`` where the footage has no picture, and what opening it throws.
    func pictures(of footage: [String], progress: (Int) -> Void) async throws -> [PixelBuffer] {
        var kept: [PixelBuffer] = []
        var seen = 0
        // Every `step`-th picture is kept; where that becomes too many, every other of them goes.
        var step = 1
        for address in footage {
            let source = try await FootageOpener.open(address, options: SourceOptions())
            defer { source.stop() }
            while let event = try await source.next() {
                guard case .frame(let frame) = event else { continue }
                if seen.isMultiple(of: step) {
                    kept.append(try await scaled(frame.pixels))
                    progress(kept.count)
                }
                seen += 1
                if kept.count > 2 * count {
                    kept = stride(from: 0, to: kept.count, by: 2).map { kept[$0] }
                    step *= 2
                }
                try Task.checkCancellation()
            }
        }
        guard !kept.isEmpty else {
            throw AgentError(
                "footage has no picture", at: footage.joined(separator: ", "), remedy: "name a video or pictures")
        }
        guard kept.count > count else { return kept }
        return (0..<count).map { kept[$0 * kept.count / count] }
    }

    private func scaled(_ pixels: PixelBuffer) async throws -> PixelBuffer {
        let input = input
        return try await BlockingThread(label: "scale").run {
            try Image(copying: pixels).resized(width: input.width, height: input.height).frozen()
        }
    }
}
