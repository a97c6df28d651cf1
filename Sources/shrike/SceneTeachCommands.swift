import Agent
import ArgumentParser
import ShrikeCore

/// Options of commands that make a new version of a scene.
struct TeachOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Labelled pictures: COCO, VOC, YOLO, labelme, CVAT, masks, or a folder for each class.", valueName: "path"))
    var data: String?

    @Option(help: "Label format: coco, voc, yolo, labelme, cvat, masks, folders; told apart by looking.")
    var format: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp(
            "Footage that looks as usual, or where defects are rare, instead of labelled pictures.",
            valueName: "footage"))
    var normal: [String] = []

    @Option(name: .customLong("as"), help: "Version of the new bundle; default: one more than the last.")
    var version: String?

    @Option(help: ArgumentHelp("Loss of a class's F1 that the gate bears, 0 to 1.", valueName: "f1"))
    var tolerance = 0.05

    @Flag(help: "Keep the new version even where a class got worse than is borne.")
    var acceptWorse = false

    @Flag(help: "Make the new version the active one; a running agent follows between two frames.")
    var activate = false

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    func validate() throws {
        if !(0...1).contains(tolerance) { throw ValidationError("--tolerance takes 0 to 1") }
        if data == nil, format != nil { throw ValidationError("--format needs --data") }
        if data != nil, !normal.isEmpty { throw ValidationError("name --data or --normal, one of them") }
    }

    var settings: SceneTeaching.Options {
        var options = SceneTeaching.Options()
        (options.data, options.format, options.version) = (data, format, version)
        options.normal = normal
        (options.tolerance, options.acceptsWorse, options.activates) = (tolerance, acceptWorse, activate)
        return options
    }

    /// Runs a piece of teaching with progress and Ctrl-C, and prints what came of it.
    ///
    /// - Throws: `ExitCode` 3 where the gate refused the new version.
    func run(
        _ models: ModelStoreOptions, _ engine: EngineOptions,
        _ work:
            @escaping @Sendable (SceneTeaching, @escaping SceneTeaching.Progress) async throws ->
            SceneTeaching.Outcome
    ) async throws {
        var desk = models.settings
        (desk.engine, desk.cacheFolder) = (engine.settings, engine.cache)
        let teaching = try SceneTeaching(desk)
        let meter = StepMeter()
        let outcome = try await Interruption.cancels { try await work(teaching) { meter.show($0, share: $1) } }
        meter.finish()
        Console.out(json ? outcome.json.canonicalText : outcome.text)
        if !outcome.isAccepted { throw ExitCode(3) }
    }
}

extension SceneCommand {
    struct New: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Teach a new scene from a few labelled pictures, or from normal ones only.",
            discussion: """
                Boxes (--data with boxes), classes of whole pictures (--data with a folder for each class) or normality \
                (--normal). The scene lands in the store as NAME:1; pictures stay on this machine.
                """)

        @Argument(help: "Name of the scene: letters, digits, '-', '_' and '.'.") var name: String

        @Option(help: "Base it rides on, NAME:VERSION; default: the only one of the store.") var base: String?

        @Option(help: ArgumentHelp("Size of the picture that the base sees; default: chosen.", valueName: "size"))
        var input: String?

        @Option(help: "Form of the base: fp32 or int8. Thresholds belong to it.") var form = "fp32"

        @Option(help: ArgumentHelp("Class that stands for nothing to report.", valueName: "class"))
        var normalClass: String?

        @Flag(
            help: "The camera moves: one idea of usual for the whole picture instead of one for each place (--normal).")
        var moving = false

        @OptionGroup var teach: TeachOptions
        @OptionGroup var store: ModelStoreOptions
        @OptionGroup var engine: EngineOptions

        func validate() throws {
            if teach.data == nil, teach.normal.isEmpty {
                throw ValidationError("--data PATH or --normal FOOTAGE tells what to learn")
            }
            if moving, teach.normal.isEmpty { throw ValidationError("--moving is for --normal") }
            if let input, PictureSize(input) == nil {
                throw ValidationError("--input takes a size such as 320x320, 32 to 4096")
            }
            if !["fp32", "int8"].contains(form) { throw ValidationError("--form takes fp32 or int8") }
        }

        func run() async throws {
            var options = teach.settings
            (options.base, options.normalClass, options.isMoving) = (base, normalClass, moving)
            options.input = input.flatMap(PictureSize.init).map { ($0.width, $0.height) }
            options.usesInt8 = form == "int8"
            try await teach.run(store, engine) { [name, options] in
                try await $0.new(name, options: options, progress: $1)
            }
        }
    }

    struct Teach: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Add pictures or classes to a scene; the same as if all had been taught at once.",
            discussion: """
                A picture that is taught already with another label gets the new one. Boxes are trained anew on all \
                pictures, about a minute; --quick goes on from the head there is, in seconds and nearly as well: for a first \
                look, and a later version without it makes it good. Exit status 3 where a class got worse \
                than is borne; the old version stays as it is either way.
                """)

        @Argument(help: "NAME (its active or newest version), NAME:VERSION, or sha256:...") var scene: String

        @Flag(help: "Boxes: go on from the head there is instead of training anew.") var quick = false

        @OptionGroup var teach: TeachOptions
        @OptionGroup var store: ModelStoreOptions
        @OptionGroup var engine: EngineOptions

        func validate() throws {
            if quick, teach.data == nil { throw ValidationError("--quick is for pictures with boxes: --data PATH") }
            if teach.data == nil, teach.normal.isEmpty {
                throw ValidationError("--data PATH or --normal FOOTAGE tells what to learn")
            }
        }

        func run() async throws {
            var options = teach.settings
            options.isQuick = quick
            try await teach.run(store, engine) { [scene, options] in
                try await $0.teach(scene, options: options, progress: $1)
            }
        }
    }

    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take pictures or a class back: the same as if they had never been taught.")

        @Argument(help: "NAME (its active or newest version), NAME:VERSION, or sha256:...") var scene: String

        @Option(
            parsing: .upToNextOption,
            help: ArgumentHelp("Pictures, by file, by name or by digest.", valueName: "picture"))
        var pictures: [String] = []

        @Option(name: .customLong("class"), help: ArgumentHelp("A class with all its pictures.", valueName: "code"))
        var className: String?

        @OptionGroup var teach: TeachOptions
        @OptionGroup var store: ModelStoreOptions
        @OptionGroup var engine: EngineOptions

        func validate() throws {
            let named = [!pictures.isEmpty, className != nil, !teach.normal.isEmpty].count { $0 }
            if named != 1 { throw ValidationError("name --pictures, --class or --normal, one of them") }
            if teach.data != nil { throw ValidationError("--data is for scene new and scene teach") }
        }

        func run() async throws {
            try await teach.run(store, engine) { [scene, pictures, className, options = teach.settings] in
                try await $0.forget(
                    scene, pictures: pictures, className: className, options: options, progress: $1)
            }
        }
    }

    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Join what several gateways taught the same scene: the same as one gateway with all pictures.",
            discussion: """
                No picture travels: bundles carry sums. All must come from one `scene new`: begin on the second gateway with \
                `scene teach` on the first one's bundle.
                """)

        @Argument(help: "The scene that goes on: NAME, NAME:VERSION, or sha256:...") var scene: String
        @Argument(help: "Versions to join: NAME:VERSION, sha256:..., or layout folders or tars.") var others: [String]

        @OptionGroup var teach: TeachOptions
        @OptionGroup var store: ModelStoreOptions
        @OptionGroup var engine: EngineOptions

        func validate() throws {
            if teach.data != nil || !teach.normal.isEmpty {
                throw ValidationError("--data and --normal are for scene new and scene teach")
            }
        }

        func run() async throws {
            try await teach.run(store, engine) { [scene, others, options = teach.settings] in
                try await $0.merge(scene, with: others, options: options, progress: $1)
            }
        }
    }
}
