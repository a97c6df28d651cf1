internal import CSandbox
import Foundation
import Imaging
import ShrikeCore

/// Decodes the pictures of one source, used by one thread: in this process, or in one of its own that is started again for the
/// next picture where one brought it down.
final class PictureDecoder {
    enum Failure: Error {
        case damaged
        case lost(DecoderProcess.Loss)
    }

    private let isolation: DecoderIsolation?
    private let isWanted: @Sendable () -> Bool
    private let files = SharedMemoryPool(capacity: 1)
    private let pixels = SharedMemoryPool(capacity: 4)
    private var process: DecoderProcess?

    /// - Parameter isolation: nil decodes in this process.
    init(_ isolation: DecoderIsolation?, isWanted: @escaping @Sendable () -> Bool = { true }) {
        (self.isolation, self.isWanted) = (isolation, isWanted)
    }

    func pixels(_ bytes: [UInt8], _ coding: PictureCoding) -> Result<PixelBuffer, Failure> {
        guard let isolation else { return Self.local(bytes, coding) }
        let first = isolated(bytes, coding, isolation)
        // Once more: the system may have killed it for reasons of its own.
        guard case .failure(.lost(let loss)) = first, loss.isCrash else { return first }
        return isolated(bytes, coding, isolation)
    }

    private static func local(_ bytes: [UInt8], _ coding: PictureCoding) -> Result<PixelBuffer, Failure> {
        do {
            var image = try Image()
            try bytes.withUnsafeBytes { try coding.decode($0, into: &image) }
            return .success(try image.frozen())
        } catch { return .failure(.damaged) }
    }

    private func isolated(
        _ bytes: [UInt8], _ coding: PictureCoding, _ isolation: DecoderIsolation
    ) -> Result<PixelBuffer, Failure> {
        do { return try asked(bytes, coding, isolation) } catch {
            process = nil
            return .failure(.lost(error))
        }
    }

    private func asked(
        _ bytes: [UInt8], _ coding: PictureCoding, _ isolation: DecoderIsolation
    ) throws(DecoderProcess.Loss) -> Result<PixelBuffer, Failure> {
        let process = try running(isolation)
        let space = coding.width * coding.height * coding.format.bytesPerPixel
        guard let file = files.take(bytes.count), let place = pixels.take(space) else {
            throw .notStarted(reason: "no memory for a picture of \(coding.width) x \(coding.height)")
        }
        defer { files.give(file) }
        bytes.withUnsafeBytes { file.base.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        try process.share(file, isReadOnly: true)
        try process.share(place, isReadOnly: false)
        let request = DecoderMessage(
            .picture, [Int64(file.number), Int64(bytes.count), Int64(place.number)] + coding.wireNumbers)
        let reply = try process.ask(request, seconds: isolation.patience)
        guard reply.reply == .done else {
            pixels.give(place)
            return .failure(.damaged)
        }
        let (width, height) = (reply[0], reply[1])
        // Nothing but what the header promised, or that turned by an orientation.
        guard let format = PixelFormat(wireNumber: reply[2]),
            (width, height) == (coding.width, coding.height) || (height, width) == (coding.width, coding.height),
            width * height * format.bytesPerPixel <= place.count
        else { throw process.lost(.unintelligible) }
        return .success(pixels.pixels(place, width: width, height: height, format: format))
    }

    private func running(_ isolation: DecoderIsolation) throws(DecoderProcess.Loss) -> DecoderProcess {
        if let process { return process }
        let started = try DecoderProcess.started(isolation, isWanted: isWanted)
        _ = try started.ask(DecoderMessage(.confine, Int64(isolation.memory)), seconds: isolation.patience)
        process = started
        return started
    }
}
