import Foundation
import Imaging
import Kernels

/// Renders believable inspection footage with exact ground truth and DJI-style telemetry.
///
/// The same kind, seed and length give the same pictures, telemetry and truth on every machine; only the video
/// encoder's
/// bytes may differ between versions of it.
public enum FootageGenerator {
    /// Makes one piece of footage. Blocks for some seconds and uses every core: call it on a thread of its own.
    ///
    /// - Parameters:
    ///   - seconds: length, 1 to 120.
    ///   - folder: made where it is missing; files in it of the same names are replaced.
    ///   - progress: called now and then with the share that is done, 0 to 1, on the calling thread.
    /// - Throws: ``FootageError``.
    public static func generate(
        kind: FootageKind, seed: UInt64, seconds: Double, to folder: String, options: FootageOptions = FootageOptions(),
        progress: (Double) -> Void = { _ in }
    ) throws -> GeneratedFootage {
        guard (1...120).contains(seconds), (1...60).contains(options.framesPerSecond) else {
            throw FootageError(
                "cannot make \(seconds) s at \(options.framesPerSecond) frames/s", at: folder,
                remedy: "ask for 1 to 120 seconds and 1 to 60 frames/s")
        }
        guard (1...120).contains(options.visit), (0...50).contains(options.gpsNoiseMeters) else {
            throw FootageError(
                "cannot make visit \(options.visit) with \(options.gpsNoiseMeters) m of noise", at: folder,
                remedy: "ask for visit 1 to 120 and 0 to 50 meters")
        }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FootageError("folder cannot be made", at: folder, remedy: "choose a folder that can be written to")
        }
        do {
            let job = FootageJob(seed: seed, seconds: seconds, folder: folder, options: options)
            return switch kind {
            case .solar: try job.makeSolar(progress: progress)
            case .insulators: try job.makeInsulators(progress: progress)
            }
        } catch let error as ImagingError {
            throw FootageError(
                "footage cannot be rendered (\(error.message))", at: folder, remedy: "check the disk and free memory")
        }
    }
}
