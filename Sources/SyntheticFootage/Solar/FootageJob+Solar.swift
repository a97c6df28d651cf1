import Imaging
import Kernels
import ShrikeCore

extension FootageJob {
    /// The thermal fly-over of a solar field.
    func makeSolar(progress: (Double) -> Void) throws -> GeneratedFootage {
        let flight = try SolarFlight(
            seed: seed, seconds: seconds, visit: options.visit, gpsNoiseMeters: options.gpsNoiseMeters)
        let video = path("solar.mp4")
        let frames = path("solar_16bit")
        let passes = (options.writesVideo ? 1.0 : 0) + (options.writes16Bit ? 1 : 0)
        let truth = FootageTruth(
            videoName: "solar.mp4", width: SolarFlight.width, height: SolarFlight.height,
            framesPerSecond: options.framesPerSecond, frameCount: frameCount, seed: seed,
            classes: SolarDefect.Kind.allCases.map(\.rawValue), defects: flight.defects,
            observations: (0..<frameCount).flatMap { flight.observations(frame: $0, at: time(ofFrame: $0)) },
            videoScale: SolarFlight.videoScale, framesScale: SolarFlight.framesScale)
        var pictures: String?
        if options.writesVideo {
            pictures = try writeVideo(
                to: video, truth: truth, progress: { progress($0 / passes) },
                render: { frame in try picture(flight, frame: frame, format: .bgr8) })
        }
        if options.writes16Bit {
            try writePictures(
                to: frames, progress: { progress(($0 + passes - 1) / passes) },
                render: { frame in try picture(flight, frame: frame, format: .gray16) })
        }
        let subtitles = DJISubtitles(
            framesPerSecond: options.framesPerSecond, startSeconds: flight.startSeconds,
            focalLength: SolarFlight.focalLength, iso: 100, shutter: "1/30.0",
            samples: (0..<frameCount).map { flight.telemetry(at: time(ofFrame: $0)) })
        try write(subtitles.text.utf8, to: path("solar.SRT"))
        try write(truth.json.canonicalText.utf8, to: path("solar.truth.json"))
        return GeneratedFootage(
            kind: .solar, videoPath: options.writesVideo ? video : nil, telemetryPath: path("solar.SRT"),
            truthPath: path("solar.truth.json"), framesFolder: options.writes16Bit ? frames : nil,
            picturesFolder: pictures,
            videoScale: SolarFlight.videoScale, framesScale: SolarFlight.framesScale, truth: truth)
    }

    private func picture(_ flight: SolarFlight, frame: Int, format: PixelFormat) throws(ImagingError) -> PixelBuffer {
        var view = ValuePlane(width: SolarFlight.width, height: SolarFlight.height)
        flight.render(frame: frame, at: time(ofFrame: frame), into: &view)
        let is16Bit = format == .gray16
        var image = try Image(
            width: view.width, height: view.height, channels: is16Bit ? 1 : 3, depth: is16Bit ? .uint16 : .uint8)
        let scale = is16Bit ? SolarFlight.framesScale : SolarFlight.videoScale
        image.withUnsafeMutableBytes { bytes in
            if is16Bit {
                view.quantize(gain: scale.gain, offset: scale.offset, toGray16: bytes)
            } else {
                view.quantize(gain: scale.gain, offset: scale.offset, toBGR8: bytes)
            }
        }
        return try image.frozen()
    }
}
