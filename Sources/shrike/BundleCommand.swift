import Agent
import ArgumentParser
import ShrikeCore

struct BundleCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle", abstract: "Models as signed bundles: show, verify, sign, push, pull, diff, pack.",
        discussion: """
            A bundle is named NAME:VERSION or sha256:... in the store, active:NAME for the active version of a scene, or by \
            the path of an OCI layout folder or tar (oci:PATH:NAME:VERSION where it holds several).
            """,
        subcommands: [Show.self, Verify.self, Sign.self, Push.self, Pull.self, Diff.self, Pack.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A bundle and what it rides on: sizes, files, data, figures, signatures.")

        @Argument var bundle: String
        @OptionGroup var models: ModelOptions

        func run() throws { try models.show(ModelDesk(models.settings).show(bundle)) }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check digests, parents, content, signatures and golden results; exit status 1 where refused.")

        @Argument var bundle: String
        @Flag(inversion: .prefixedNo, help: "Run the golden pictures on this machine.")
        var golden = true
        @OptionGroup var models: ModelOptions
        @OptionGroup var engine: EngineOptions

        func run() throws {
            var settings = models.settings
            (settings.engine, settings.cacheFolder) = (engine.settings, engine.cache)
            try models.show(ModelDesk(settings).verify(bundle, replaysGolden: golden))
        }
    }

    struct Sign: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign a bundle of the store, or of a layout folder, with a private key.",
            discussion: """
                The key: openssl ecparam -name prime256v1 -genkey -noout -out plant.pem
                Its public half: openssl ec -in plant.pem -pubout -out plant.pub
                """)

        @Argument var bundle: String
        @Option(help: ArgumentHelp("Private key on curve P-256, PEM, not encrypted.", valueName: "file"))
        var with: String
        @Option(help: "Name told in the signature, such as the repository; the bundle's name unless given.")
        var identity: String?
        @OptionGroup var models: ModelOptions

        func run() throws {
            try models.show(ModelDesk(models.settings).sign(bundle, keyFile: with, identity: identity))
        }
    }

    struct Push: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Send a bundle with its parents and signatures; what is there does not travel.")

        @Argument var bundle: String
        @Argument(
            help: "host[:port]/repository[:tag]; oci:PATH for a layout folder; FILE.tar for one file, as for a stick.")
        var target: String
        @Option(
            help: ArgumentHelp(
                "Repository of the same registry that may hold the parents already. Repeat for more.",
                valueName: "repository"))
        var mountFrom: [String] = []
        @OptionGroup var models: ModelOptions
        @OptionGroup var registry: RegistryAccess

        func run() async throws {
            var settings = models.settings
            registry.apply(to: &settings)
            let desk = try ModelDesk(settings)
            let meter = TransferMeter()
            defer { meter.finish() }
            let (bundle, target, mountFrom) = (bundle, target, mountFrom)
            try models.show(
                try await Interruption.cancels {
                    try await desk.push(bundle, to: target, mountFrom: mountFrom) { meter.show($0) }
                })
        }
    }

    struct Pull: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Fetch a bundle into the store; an interrupted pull goes on when the command is given again.",
            discussion: "It gets its name only when all of it is there, whole, and as the trust in keys demands.")

        @Argument(help: "host[:port]/repository:tag or ...@sha256:...; a layout folder (oci:PATH) or a tar.")
        var source: String
        @Flag(help: "Let NAME:VERSION move where it stands for other content.")
        var replace = false
        @Flag(help: "Check its golden results here and make it the active version; a running agent follows.")
        var activate = false
        @OptionGroup var models: ModelOptions
        @OptionGroup var registry: RegistryAccess

        func run() async throws {
            var settings = models.settings
            registry.apply(to: &settings)
            let desk = try ModelDesk(settings)
            let meter = TransferMeter()
            defer { meter.finish() }
            let (source, replace, activate) = (source, replace, activate)
            try models.show(
                try await Interruption.cancels {
                    try await desk.pull(source, replaces: replace, activates: activate) { meter.show($0) }
                })
        }
    }

    struct Diff: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "What changed between two bundles: tensors, classes, thresholds, golden results.")

        @Argument var old: String
        @Argument var new: String
        @OptionGroup var models: ModelOptions

        func run() throws { try models.show(ModelDesk(models.settings).diff(old, new)) }
    }

    struct Pack: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a bundle of a folder with scene.json, or of an .onnx detector, in the store.")

        @Argument(help: "Folder with scene.json, or .onnx file.") var scene: String
        @Option(help: "Version of the bundle: one version, one content.") var version: String
        @Option(help: "Other name than the scene's own.") var name: String?
        @Option(help: ArgumentHelp("Bundle the scene rides on; without it what heads.base names.", valueName: "bundle"))
        var parent: String?
        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp(
                "Pictures whose results now are kept and checked wherever it is used.", valueName: "file"))
        var golden: [String] = []
        @Option(help: ArgumentHelp("Model card, Markdown.", valueName: "file")) var card: String?
        @Option(help: "What it was made from, in words.") var data: String?
        @Option(help: "Figures, in words.") var metrics: String?
        @OptionGroup var models: ModelOptions
        @OptionGroup var engine: EngineOptions

        func run() throws {
            var settings = models.settings
            (settings.engine, settings.cacheFolder) = (engine.settings, engine.cache)
            var options = ModelDesk.PackOptions(version: version)
            (options.name, options.parent, options.golden, options.card) = (name, parent, golden, card)
            (options.data, options.metrics) = (data, metrics)
            try models.show(ModelDesk(settings).pack(scene, options: options))
        }
    }
}
