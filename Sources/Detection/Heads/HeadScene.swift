public import ShrikeCore

/// A scene of kind `heads`, checked against the base it rides on. Shared by all workers.
public final class HeadScene: Sendable {
    public let scene: SceneDefinition
    public let backbone: Backbone
    let normality: NormalityHead?
    let classifier: ClassifierHead?
    let boxes: [BoxesHead]

    /// - Throws: ``DetectionError`` where a class, an output of the base or a tensor is missing or does not fit.
    public init(scene: SceneDefinition, tensors: HeadTensors, backbone: Backbone) throws(DetectionError) {
        let settings = scene.heads
        func index(_ code: String) throws(DetectionError) -> Int {
            guard let index = scene.classes.firstIndex(where: { $0.code == code }) else {
                throw DetectionError(
                    "a head reports '\(code)', which is no class of the scene", at: scene.name,
                    remedy: "add it to classes")
            }
            return index
        }
        normality = try settings.normality.map { head throws(DetectionError) in
            try NormalityHead(
                head, tensors: tensors, taps: backbone.taps, classIndex: try index(head.className))
        }
        classifier = try settings.classifier.map { head throws(DetectionError) in
            try ClassifierHead(
                head, tensors: tensors, taps: backbone.taps,
                classIndex: try head.classes.map { code throws(DetectionError) in
                    code == HeadSettings.Classifier.normal ? nil : try index(code)
                },
                unknownIndex: try head.unknown.map { unknown throws(DetectionError) in try index(unknown.className) })
        }
        boxes = try settings.boxes.map { head throws(DetectionError) in
            try BoxesHead(
                head, tensors: tensors, taps: backbone.taps,
                classIndex: try head.classes.map { code throws(DetectionError) in try index(code) })
        }
        guard normality != nil || classifier != nil || !boxes.isEmpty else {
            throw DetectionError("the scene has no head", at: scene.name, remedy: "add one to heads")
        }
        (self.scene, self.backbone) = (scene, backbone)
    }

    /// The heads for one thread, with buffers of their own.
    func makeWorker() -> HeadWorker { HeadWorker(self) }

    /// A detector for one thread that runs the base for this scene alone.
    public func makeDetector() throws -> any Detector { SingleSceneDetector(try SharedPass([self]), name: scene.name) }

    /// Scenes with equal plans see the same tiles and share every pass of the base.
    public var sharing: Sharing {
        Sharing(backbone: ObjectIdentifier(backbone), tiling: scene.tiling, placement: scene.heads.placement)
    }

    /// What two scenes must have in common to share passes.
    public struct Sharing: Hashable, Sendable {
        var backbone: ObjectIdentifier
        var tiling: Tiling
        var placement: HeadSettings.Placement
    }
}

/// Runs the shared pass for one scene.
private final class SingleSceneDetector: Detector {
    private let pass: SharedPass

    private let name: String

    init(_ pass: SharedPass, name: String) { (self.pass, self.name) = (pass, name) }

    func detect(_ frame: Frame) throws -> [Detection] {
        guard let found = try pass.detect(frame)[0] else {
            throw DetectionError("scores are not finite", at: name, remedy: "make the scene again")
        }
        return found
    }
}
