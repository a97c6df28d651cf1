internal import CSandbox
import Foundation
import Imaging
import ShrikeCore
import Synchronization

/// The work of a decoder process: it answers its source over the socket that it was started with, until that ends.
public enum DecoderWorker {
    /// The only argument of the program when it is to be a decoder.
    static let argument = "decoder-process"
    static let isOffered = Atomic(false)

    /// Begins a program: where it was started as a decoder, it is one and this never returns. To be called before anything starts a
    /// thread.
    public static func serveIfAsked() {
        if CommandLine.arguments.dropFirst() == [argument], isSocket(CSBX_SOCKET) { run() }
        isOffered.store(true, ordering: .relaxed)
    }

    private static func isSocket(_ descriptor: CInt) -> Bool {
        var status = stat()
        return fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }

    /// Variables of the environment that matter to decoders; it gets no others.
    static var environment: [String] {
        let names = ["PATH", "LD_LIBRARY_PATH", "OPENCV_FFMPEG_CAPTURE_OPTIONS", "OPENCV_FFMPEG_LOGLEVEL"]
        return names.compactMap { name in ProcessInfo.processInfo.environment[name].map { "\(name)=\($0)" } }
    }

    private static func run() -> Never {
        OpenCVLibrary.setThreads(1)
        DecoderEnvironment.prepare()
        var desk = Desk()
        withUnsafeTemporaryAllocation(byteCount: DecoderMessage.maximumBytes, alignment: 8) { buffer in
            while true {
                var descriptor: CInt = -1
                let count = csbx_receive(CSBX_SOCKET, buffer.baseAddress, buffer.count, &descriptor, 1000)
                // A source that was killed leaves its decoder to another parent.
                if count == CSBX_TIMED_OUT { continue }
                guard count > 0, let message = DecoderMessage(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else {
                    _exit(0)
                }
                guard let reply = desk.answer(message, descriptor) else { continue }
                let bytes = reply.bytes
                guard csbx_send(CSBX_SOCKET, bytes, bytes.count, -1) else { _exit(0) }
            }
        }
        _exit(0)
    }

    /// What one decoder process has open.
    private struct Desk: ~Copyable {
        private var video: Opened?
        private var memory: [Int: UnsafeMutableRawBufferPointer] = [:]
        /// A frame that did not fit into the memory it was to go to.
        private var waiting: Image?

        private final class Opened {
            var reader: VideoReader

            init(_ reader: consuming VideoReader) { self.reader = reader }
        }

        mutating func answer(_ message: DecoderMessage, _ descriptor: CInt) -> DecoderMessage? {
            switch message.request {
            case .open: return open(message)
            case .grab: return grab()
            case .retrieve: return retrieve(into: message[0])
            case .confine:
                let taken = confine(readable: [], isOnNetwork: false, memory: message[0])
                _ = csbx_seal()
                return DecoderMessage(.done, Int64(taken))
            case .picture: return picture(message)
            case .memory:
                let count = message[1]
                guard descriptor >= 0, let base = csbx_map(descriptor, count, message[2] == 0) else { _exit(1) }
                close(descriptor)
                memory[message[0]] = UnsafeMutableRawBufferPointer(start: base, count: count)
                return nil
            case .forget:
                if let gone = memory.removeValue(forKey: message[0]) { csbx_unmap(gone.baseAddress, gone.count) }
                return nil
            case nil: _exit(1)
            }
        }

        /// What name resolution reads.
        private static let resolving = ["/etc", "/lib", "/usr/lib", "/run/systemd/resolve"]

        private mutating func open(_ message: DecoderMessage) -> DecoderMessage {
            let isOnNetwork = message[3] == 1
            _ = confine(
                readable: isOnNetwork ? Self.resolving : [message.text], isOnNetwork: isOnNetwork, memory: message[4])
            if isOnNetwork { DecoderEnvironment.prepareForCamera() }
            let processors = message[2] < 0 ? nil : message[2]
            do {
                let reader = try DecoderProcessors.limited(to: processors) { () throws(ImagingError) in
                    try VideoReader(
                        message.text, openTimeoutMilliseconds: message[0], readTimeoutMilliseconds: message[1])
                }
                let properties = reader.properties
                video = Opened(reader)
                _ = csbx_seal()
                return DecoderMessage(
                    .done, Int64(bitPattern: properties.framesPerSecond.bitPattern), Int64(properties.width),
                    Int64(properties.height), properties.frameCount ?? -1, text: properties.codec)
            } catch {
                return DecoderMessage(.failed, text: "cannot be opened")
            }
        }

        /// Bits of what the kernel took.
        private func confine(readable: [String], isOnNetwork: Bool, memory: Int) -> Int32 {
            let paths = readable.map { UnsafePointer(strdup($0)) }
            return csbx_confine(paths, paths.count, isOnNetwork, memory)
        }

        private mutating func grab() -> DecoderMessage {
            waiting = nil
            guard let video else { return DecoderMessage(.failed, text: "nothing is open") }
            do {
                guard try video.reader.grab() else { return DecoderMessage(.ended) }
                return DecoderMessage(.done, video.reader.position.microseconds)
            } catch {
                return DecoderMessage(.failed, text: "\(error)")
            }
        }

        private mutating func retrieve(into number: Int) -> DecoderMessage {
            guard let place = memory[number], let video else { _exit(1) }
            do {
                var image: Image
                if let waited = waiting.take() {
                    image = waited
                } else {
                    let properties = video.reader.properties
                    image = try Self.image(over: place, properties.width, properties.height, .bgr8)
                    try video.reader.retrieve(into: &image)
                }
                let reply = Self.put(image, into: place)
                if reply.reply == .small { waiting = consume image }
                return reply
            } catch {
                return DecoderMessage(.failed, text: "\(error)")
            }
        }

        private mutating func picture(_ message: DecoderMessage) -> DecoderMessage {
            guard let file = memory[message[0]], (0...file.count).contains(message[1]), let place = memory[message[2]],
                let coding = PictureCoding(wireNumbers: message.numbers[4...])
            else { _exit(1) }
            do {
                var image = try Self.image(over: place, coding.width, coding.height, coding.format)
                try coding.decode(UnsafeRawBufferPointer(rebasing: file[..<message[1]]), into: &image)
                return Self.put(image, into: place)
            } catch {
                return DecoderMessage(.failed, text: "\(error)")
            }
        }

        /// A picture whose pixels are the memory, where it is large enough; else one of its own.
        private static func image(
            over place: UnsafeMutableRawBufferPointer, _ width: Int, _ height: Int, _ format: PixelFormat
        ) throws(ImagingError) -> Image {
            guard let base = place.baseAddress, width > 0, height > 0,
                width * height * format.bytesPerPixel <= place.count
            else { return try Image() }
            return try Image(wrapping: base, width: width, height: height, format: format)
        }

        /// Tells what is in the memory, after copying where the picture is not there already.
        private static func put(_ image: borrowing Image, into place: UnsafeMutableRawBufferPointer) -> DecoderMessage {
            let (width, height) = (image.width, image.height)
            guard let format = image.pixelFormat, width > 0, height > 0 else {
                return DecoderMessage(.failed, text: "picture is empty or of an unsupported type")
            }
            let row = width * format.bytesPerPixel
            guard row * height <= place.count, let base = place.baseAddress else {
                return DecoderMessage(.small, Int64(width), Int64(height))
            }
            image.withUnsafeBytes { bytes in
                guard bytes.baseAddress != UnsafeRawPointer(base) else { return }
                for y in 0..<height {
                    memcpy(base + y * row, bytes.baseAddress! + y * image.bytesPerRow, row)
                }
            }
            return DecoderMessage(.done, Int64(width), Int64(height), format.wireNumber)
        }
    }
}
