import Foundation
import Integrity
import ModelBundles
import ShrikeCore
import TestKit
import Testing

@Suite struct BundleChainTests {
    @Test func aSceneNamesItsAdaptationAndItsBase() throws {
        let samples = try SampleBundles()
        let base = try samples.base()
        let adaptation = try samples.adaptation(of: base, [:])
        let scene = try samples.scene(on: adaptation)
        let chain = try BundleChain.resolve(scene)
        #expect(chain.lineage.scene.digest == scene.digest.description)
        #expect(chain.lineage.parents.map(\.digest) == [adaptation.digest.description, base.digest.description])
        #expect(chain.lineage.parents.map(\.level) == [.l1, .l0])
        #expect(chain.base?.digest == base.digest)
        #expect(chain.adaptation?.digest == adaptation.digest)
    }

    @Test func aMissingParentIsRefusedWithBothDigests() throws {
        let (samples, other) = (try SampleBundles(), try SampleBundles())
        let base = try samples.base()
        let scene = try samples.scene(on: base)
        let store = try ModelStore(other.layout.path)
        try other.scene(on: base)
        var text = refusal { _ = try store.resolve(.reference("roof:1")) }
        #expect(text.contains("missing parent"))
        #expect(text.contains(scene.digest.description) && text.contains(base.digest.description))

        var draft = BundleDraft(level: .l0, name: "tiny", version: "1")
        draft.layers = [.init("model-card.md", ModelPackType.doc, .data(Data("another".utf8)))]
        let different = try draft.write(to: other.layout)
        text = refusal { _ = try store.resolve(.reference("roof:1")) }
        #expect(text.contains("wrong parent"))
        #expect(text.contains(different.digest.description) && text.contains(base.digest.description))
    }

    @Test func aSceneRidesOnNoScene() throws {
        let samples = try SampleBundles()
        let scene = try samples.scene(on: samples.scene(version: "1"), version: "2")
        #expect(refusal { _ = try BundleChain.resolve(scene) }.contains("is no base or adaptation"))
    }

    @Test func aBundleOnAStickFindsItsParentInTheStore() throws {
        let (stick, gateway) = (try SampleBundles(), try SampleBundles())
        let base = try gateway.base()
        try stick.scene(on: base)
        let store = try ModelStore(gateway.layout.path)
        let chain = try store.resolve(.layout(path: stick.layout.path, reference: nil))
        #expect(chain.base?.digest == base.digest)
        #expect(try store.take(chain).top.source.place == gateway.layout.path)
    }

    @Test func aSceneIsLoadedWithItsLineage() throws {
        let samples = try SampleBundles()
        let scene = try samples.scene(on: samples.base(), version: "7")
        let store = try ModelStore(samples.layout.path)
        let loaded = try SceneLoader.load(store.resolve(.reference("roof:7")), in: store)
        #expect(loaded.definition.version == "7")
        #expect(loaded.lineage.scene.digest == scene.digest.description)
        #expect(loaded.lineage.parents.first?.name == "tiny")
    }

    @Test func headsThatAreNotFiniteAreRefused() throws {
        let samples = try SampleBundles()
        try samples.scene(heads: TensorFile(tensors: ["bad": Tensor([1, .nan] as [Float], shape: [2])]))
        let store = try ModelStore(samples.layout.path)
        let text = refusal { _ = try SceneLoader.load(store.resolve(.reference("roof:1")), in: store) }
        #expect(text.contains("NaN or infinity in heads.safetensors: bad"))
    }

    @Test func anotherScenesDocumentIsRefused() throws {
        let samples = try SampleBundles()
        try samples.scene(text: SampleBundles.sceneText.replacing("roof", with: "wall"))
        let store = try ModelStore(samples.layout.path)
        let text = refusal { _ = try SceneLoader.load(store.resolve(.reference("roof:1")), in: store) }
        #expect(text.contains("scene.json is of 'wall', the bundle of 'roof'"))
    }
}
