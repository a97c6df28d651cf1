import Foundation
import Integrity
import ModelBundles
import ShrikeCore
import TestKit

/// Small bundles for tests: a base of a network with two weights, an adaptation, a scene, and a layout to hold them.
struct SampleBundles {
    let folder: TestFolder
    let layout: FolderLayout

    init() throws {
        folder = try TestFolder()
        layout = try FolderLayout(creating: folder.path("layout"))
    }

    static let network = ONNXWriter(
        input: [1, 3, 8, 8],
        outputs: [.init("s8", [1, 2, 1, 1], [1, 2]), .init("s16", [1, 1, 1, 1], [3])]
    ).bytes()

    static func baseDescription(digest: SHA256Digest = SHA256Digest(of: network)) -> BaseDescription {
        BaseDescription(
            architecture: "test",
            input: .init(name: "picture", width: 8, height: 8, mean: [127, 127, 127], scale: [128, 128, 128]),
            taps: [.init(name: "s8", stride: 8, channels: 2), .init(name: "s16", stride: 16, channels: 1)],
            weights: [.fp32: .init(file: "backbone.onnx", digest: digest)])
    }

    @discardableResult
    func base(_ version: String = "1") throws -> ModelBundle {
        var draft = BundleDraft(level: .l0, name: "tiny", version: version)
        draft.layers = [
            .init("backbone.onnx", ModelPackType.weight, .data(Self.network)), Self.baseDescription().layer,
            .init("model-card.md", ModelPackType.doc, .data(Data("# tiny \(version)\n".utf8))),
        ]
        return try draft.write(to: layout)
    }

    @discardableResult
    func adaptation(of base: ModelBundle, _ changes: [String: Adaptation.Change]) throws -> ModelBundle {
        var draft = BundleDraft(level: .l1, name: "belts", version: "1", parent: .init(base))
        draft.layers = [
            .init(Adaptation.file, ModelPackType.weight, .data(Adaptation(changes: changes).tensors.bytes))
        ]
        return try draft.write(to: layout)
    }

    static let sceneText = """
        {"format":1,"name":"roof","version":"1","kind":"thermal","classes":[{"code":"hot","threshold":0.3}]}
        """

    @discardableResult
    func scene(
        on parent: ModelBundle? = nil, version: String = "1", text: String = sceneText,
        heads: TensorFile = TensorFile(tensors: ["w": Tensor([1, 2, 3, 4] as [Float], shape: [2, 2])])
    ) throws -> ModelBundle {
        var draft = BundleDraft(level: .l2, name: "roof", version: version, parent: parent.map { .init($0) })
        draft.layers = [
            .init(SceneLoader.documentFile, ModelPackType.weightConfig, .data(Data(text.utf8))),
            .init(SceneLoader.headsFile, ModelPackType.weight, .data(heads.bytes)),
        ]
        return try draft.write(to: layout)
    }

    /// Writes bytes that are no bundle as a manifest and names it.
    func manifest(_ bytes: Data, named name: String) throws -> SHA256Digest {
        let descriptor = try layout.write(bytes, mediaType: ModelPackType.imageManifest)
        try layout.name(descriptor, as: name)
        return descriptor.digest
    }
}

/// The error an expression throws, in words.
func refusal(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "nothing was refused"
    } catch { return "\(error)" }
}
