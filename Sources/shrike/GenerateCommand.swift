import Agent
public import ArgumentParser
import Foundation

struct GenerateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Make inspection footage with known defects, to try things out.",
        discussion: "The same kind, seed and length give the same pictures, telemetry (.SRT) and truth (.json).")

    @Argument(help: "solar: thermal fly-over of a solar field; insulators: visible-light pass along insulator strings.")
    var kind: FootageRequest.Kind

    @Option(help: "Equal seeds give equal footage.")
    var seed: UInt64 = 1

    @Option(help: ArgumentHelp("Length, 1 to 120.", valueName: "s"))
    var seconds = 12.0

    @Option(help: ArgumentHelp("Pictures per second, 1 to 60.", valueName: "n"))
    var fps = 15

    @Flag(name: .customLong("16bit"), help: "Also write every thermal frame as a 16-bit PNG.")
    var sixteenBit = false

    @Option(
        help: ArgumentHelp(
            "Also write so many pictures of it with COCO labels, to teach a scene with, 0 to 1000.", valueName: "n"))
    var pictures = 0

    @Option(
        help: ArgumentHelp(
            "Which visit of the same field, 1 to 120, a month apart: defects are new, grown and gone (solar).",
            valueName: "n"))
    var visit = 1

    @Option(
        help: ArgumentHelp("Error of the telemetry's places, 0 to 50 (solar); the truth stays exact.", valueName: "m"))
    var gpsNoise = 0.0

    @Option(help: ArgumentHelp("Folder for the footage.", valueName: "dir"))
    var out = "footage"

    func validate() throws {
        if !(0...1000).contains(pictures) { throw ValidationError("--pictures takes 0 to 1000") }
    }

    func run() async throws {
        var request = FootageRequest(
            kind: kind, seed: seed, seconds: seconds, framesPerSecond: fps, writes16Bit: sixteenBit, folder: out)
        (request.visit, request.gpsNoiseMeters, request.labeledPictures) = (visit, gpsNoise, pictures)
        let paths = try await Interruption.cancels { [request] in
            try await request.run { share in
                if Console.errorIsTerminal { Console.status("\r\u{1B}[K\(Int(share * 100)) %") }
            }
        }
        if Console.errorIsTerminal { Console.status("\r\u{1B}[K") }
        for path in paths { Console.out(path) }
    }
}

extension FootageRequest.Kind: ExpressibleByArgument {}
