public import Inference
public import ShrikeCore

/// A scene of kind `detector`: a network, and how its pictures are fed and its outputs read. Shared by all workers.
public final class NetworkDetector: Sendable {
    /// The scene; where it named no classes, with those of the network.
    public let scene: SceneDefinition
    public let network: Network
    /// Family of the network, found out or given by the scene.
    public let decoderName: DecoderName
    let decoder: any OutputDecoder
    let classes: ClassMap
    let input: NetworkDescription.PictureInput

    /// Loads the network and finds out how it is read.
    ///
    /// - Throws: ``Inference/InferenceError`` where the network cannot be loaded, ``DetectionError`` where its outputs
    ///   are not understood or do not fit the scene.
    public static func load(
        scene: SceneDefinition, networkPath: String, settings: NetworkSettings = NetworkSettings()
    ) throws -> NetworkDetector {
        let wanted = try wantedDecoder(scene)
        let network = try Network.load(path: networkPath, settings: settings) { description in
            DecoderRecognition(description, sceneClasses: scene.classes.count)?.decoder(wanted)?.convention.pixels
        }
        return try NetworkDetector(scene: scene, network: network)
    }

    /// - Throws: ``DetectionError`` where the outputs are not understood, do not fit the scene, or `network` was not
    ///   loaded with the pixel input of its family (``load(scene:networkPath:settings:)`` sees to that).
    public init(scene: SceneDefinition, network: Network) throws {
        let wanted = try Self.wantedDecoder(scene)
        let description = network.description
        guard let recognition = DecoderRecognition(description, sceneClasses: scene.classes.count) else {
            throw DetectionError(
                "the network takes no color picture but \(description.input)", at: network.name,
                remedy: "export it for one picture with three channels")
        }
        guard let found = recognition.decoder(wanted) else { throw Self.notUnderstood(network, wanted) }
        guard network.pixelInput == found.convention.pixels else {
            throw DetectionError(
                "the network was loaded with another pixel input than \(type(of: found).name.rawValue) needs",
                at: network.name, remedy: "load it through NetworkDetector.load")
        }
        let networkNames = ClassNames(description.metadata["names"] ?? "").names
        var scene = scene
        if scene.classes.isEmpty { scene.classes = Self.classes(named: networkNames, count: found.classCount) }
        (self.scene, self.network, input) = (scene, network, recognition.picture)
        classes = try ClassMap(
            scene: scene, networkNames: networkNames, count: found.classCount, network: network.name)
        decoderName = type(of: found).name
        decoder = try Self.adjusted(found, network)
    }

    /// A detector for one thread, with a request and buffers of its own.
    ///
    /// It gives detections down to the class's threshold lowered by the scene's hysteresis, best first: an open alert
    /// lives on weaker sightings than a new one needs.
    public func makeWorker() throws -> any Detector {
        NetworkWorker(self, request: try network.makeRequest())
    }

    /// Least score by class of the network.
    var floors: [Float] {
        classes.sceneIndex.map { index in
            guard let index else { return .infinity }
            return Float(scene.classes[index].threshold * (1 - scene.persistence.hysteresis))
        }
    }

    /// Classes of a network whose scene names none: its own names, else `class_0` and so on.
    private static func classes(named names: [String], count: Int?) -> [ClassDefinition] {
        let all = names.isEmpty ? (0..<min(count ?? 0, 10_000)).map { "class_\($0)" } : names
        var codes: Set<String> = []
        return all.enumerated().map { position, name in
            let code = ClassDefinition.code(from: name)
            return ClassDefinition(
                code: codes.insert(code).inserted ? code : "\(code)_\(position)", names: ["en": name])
        }
    }

    private static func wantedDecoder(_ scene: SceneDefinition) throws(DetectionError) -> DecoderName? {
        let text = scene.detector.decoder
        if text == "auto" || text.isEmpty { return nil }
        guard let name = DecoderName(rawValue: text) else {
            throw DetectionError(
                "there is no decoder '\(text)'", at: scene.name, remedy: "use auto or one of \(Self.decoderList)")
        }
        return name
    }

    private static var decoderList: String { DecoderName.allCases.map(\.rawValue).joined(separator: ", ") }

    private static func notUnderstood(_ network: Network, _ wanted: DecoderName?) -> DetectionError {
        let seen = network.description.outputs.map(\.description).joined(separator: ", ")
        return DetectionError(
            wanted.map { "the outputs are not those of \($0.rawValue)" } ?? "the outputs are not understood",
            at: "\(network.name): input \(network.description.input); outputs \(seen)",
            remedy:
                "export a detector of a kind that is read (\(decoderList)), and name it with --decoder where it is not"
                + " recognized")
    }

    /// Runs once on an even gray picture.
    private static func adjusted(_ decoder: any OutputDecoder, _ network: Network) throws -> any OutputDecoder {
        let request = try network.makeRequest()
        request.withPixels { $0.update(repeating: Letterbox.fill) }
        try request.run()
        return decoder.adjusted(to: try request.outputs())
    }
}
