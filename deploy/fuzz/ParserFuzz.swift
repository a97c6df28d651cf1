import BackboneImport
import DefectIdentity
import Evaluation
import Foundation
import Imaging
import Messaging
import ShrikeCore
import Telemetry

// libFuzzer over the parsers of outside data; see ./run.
@testable import Agent
@testable import FrameSources
@testable import ModelBundles

/// Each gets bytes that somebody else wrote. An error is an answer; a trap, a hang or endless memory is not.
enum Parser: String, CaseIterable {
    case json, srt, gpx, csv, klv, recording, picture, command, ledger, manifest, index, tar, tensors, checkpoint
    case configuration, registry, coco, cvat, rtsp

    func parse(_ bytes: [UInt8]) throws {
        switch self {
        case .json: _ = try JSONValue(parsing: bytes).canonicalText
        case .srt: _ = try DJISubtitles.parse(bytes, file: "f")
        case .gpx: _ = try GPXTrack.parse(bytes, file: "f")
        case .csv: _ = try CSVTrack.parse(bytes, file: "f")
        case .klv: _ = try MISBTrack.parse(bytes, file: "f")
        case .recording: _ = try EmbeddedTelemetry.read(bytes, file: "f")
        case .picture:
            _ = PictureMetadata.read(bytes)
            if case .picture(let header) = PictureHeader.read(bytes) {
                _ = PictureLimits().refusal(width: header.width, height: header.height)
                _ = PictureEnding.isThere(header.kind, bytes)
            }
        case .command: _ = Command(try JSONValue(parsing: bytes))
        case .ledger: _ = AlertLedger(json: try JSONValue(parsing: bytes))?.json
        case .manifest: _ = try BundleManifest(parsing: Data(bytes), at: "f")
        case .index: _ = try LayoutIndex(parsing: Data(bytes), at: "f")
        case .tar: _ = try TarEntry.read(Data(bytes.prefix(512)) + Data(count: max(0, 512 - bytes.count)), at: "f")
        case .tensors: _ = try TensorFile(Data(bytes), at: "f").tensors.mapValues { $0.floats }
        case .checkpoint: _ = try Checkpoint(Data(bytes), place: "f")
        case .configuration: _ = try ConfigurationFile.parse(String(decoding: bytes, as: UTF8.self), path: "f")
        case .registry: _ = try SiteRegistry(parsing: bytes, place: "f")
        case .coco: try labels(bytes, "labels.json", .coco)
        case .cvat: try labels(bytes, "labels.xml", .cvat)
        case .rtsp: _ = RTSPAddress(String(decoding: bytes, as: UTF8.self))
        }
    }

    private func labels(_ bytes: [UInt8], _ name: String, _ format: LabelReader.Format) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "fuzz-\(getpid())-\(name)")
        try Data(bytes).write(to: file)
        _ = try LabelReader.read(file, format: format)
    }
}

/// The parser that the environment names.
nonisolated(unsafe) private var parser = Parser.json

/// Called once, before the first input; without a parser it names all.
@_cdecl("LLVMFuzzerInitialize")
public func begin(_ count: UnsafeMutableRawPointer, _ arguments: UnsafeMutableRawPointer) -> CInt {
    guard let name = ProcessInfo.processInfo.environment["SHRIKE_FUZZ_PARSER"], let named = Parser(rawValue: name)
    else {
        print(Parser.allCases.map(\.rawValue).joined(separator: "\n"))
        exit(0)
    }
    parser = named
    return 0
}

@_cdecl("LLVMFuzzerTestOneInput")
public func take(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    try? parser.parse(Array(UnsafeBufferPointer(start: start, count: count)))
    return 0
}
