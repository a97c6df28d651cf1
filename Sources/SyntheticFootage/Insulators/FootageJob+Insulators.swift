import Imaging
import Kernels
import ShrikeCore

extension FootageJob {
    /// The visible-light pass along an insulator string.
    func makeInsulators(progress: (Double) -> Void) throws -> GeneratedFootage {
        let pass = InsulatorPass(seed: seed, seconds: seconds)
        let (width, height) = (InsulatorPass.width, InsulatorPass.height)
        let video = path("insulators.mp4")
        let truth = FootageTruth(
            videoName: "insulators.mp4", width: width, height: height, framesPerSecond: options.framesPerSecond,
            frameCount: frameCount, seed: seed, classes: InsulatorDefect.Kind.allCases.map(\.rawValue),
            defects: pass.scene.defects.enumerated().map {
                FootageTruth.Defect(id: $0 + 1, className: $1.kind.rawValue)
            },
            observations: (0..<frameCount).flatMap { pass.observations(frame: $0, at: time(ofFrame: $0)) })
        var pictures: String?
        if options.writesVideo {
            pictures = try writeVideo(to: video, truth: truth, progress: progress) { frame in
                var image = try Image(width: width, height: height)
                image.withUnsafeMutableBytes { pass.render(frame: frame, at: time(ofFrame: frame), into: $0) }
                return try image.frozen()
            }
        }
        let subtitles = DJISubtitles(
            framesPerSecond: options.framesPerSecond, startSeconds: pass.startSeconds,
            focalLength: InsulatorPass.focalLength, iso: 140, shutter: "1/120.0",
            samples: (0..<frameCount).map { pass.telemetry(at: time(ofFrame: $0)) })
        try write(subtitles.text.utf8, to: path("insulators.SRT"))
        try write(truth.json.canonicalText.utf8, to: path("insulators.truth.json"))
        return GeneratedFootage(
            kind: .insulators, videoPath: options.writesVideo ? video : nil, telemetryPath: path("insulators.SRT"),
            truthPath: path("insulators.truth.json"), picturesFolder: pictures, truth: truth)
    }
}
