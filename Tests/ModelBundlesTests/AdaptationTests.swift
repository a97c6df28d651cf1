import Foundation
import Integrity
import ModelBundles
import ShrikeCore
import TestKit
import Testing

@Suite struct AdaptationTests {
    private func adapted(_ changes: [String: Adaptation.Change]) throws -> [String: [Float]] {
        let bytes = try Adaptation(changes: changes).applied(to: SampleBundles.network, at: "x")
        return ONNXWeights.read(bytes)
    }

    @Test func tensorsAreReplacedAddedAndMultiplied() throws {
        let plain = ONNXWeights.read(SampleBundles.network)
        #expect(plain["constant_s8"] == [1, 2])
        #expect(try adapted([:]) == plain)
        let new = Tensor([5, 6] as [Float], shape: [1, 2, 1, 1])
        #expect(try adapted(["constant_s8": .replace(new)])["constant_s8"] == [5, 6])
        #expect(try adapted(["constant_s8": .add(new)])["constant_s8"] == [6, 8])
        let (a, b) = (Tensor([1, 10] as [Float], shape: [1, 2]), Tensor([2] as [Float], shape: [1, 1]))
        #expect(try adapted(["constant_s8": .lowRank(a: a, b: b)])["constant_s8"] == [3, 22])
        #expect(try adapted(["constant_s8": .replace(new)])["constant_s16"] == [3])
    }

    @Test func whatDoesNotFitTheBaseIsRefused() throws {
        let wrong = Tensor([5] as [Float], shape: [1])
        #expect(refusal { _ = try adapted(["constant_s8": .replace(wrong)]) }.contains("the base's [1, 2, 1, 1]"))
        #expect(refusal { _ = try adapted(["nowhere": .replace(wrong)]) }.contains("no initializer nowhere"))
        let pair = Adaptation.Change.lowRank(a: wrong, b: wrong)
        #expect(refusal { _ = try adapted(["constant_s8": pair]) }.contains("does not fit"))
    }

    @Test func theFileTellsWhatEachTensorDoes() throws {
        let tensor = Tensor([1, 2] as [Float], shape: [1, 2])
        let adaptation = Adaptation(changes: [
            "a": .replace(tensor), "b": .add(tensor), "c": .lowRank(a: tensor, b: tensor),
        ])
        #expect(try Adaptation(TensorFile(adaptation.tensors.bytes, at: "x"), at: "x") == adaptation)
        let half = TensorFile(tensors: ["c.low_rank_a": tensor])
        #expect(refusal { _ = try Adaptation(half, at: "x") }.contains("lacks the other half"))
        let twice = TensorFile(tensors: ["c": tensor, "c.add": tensor])
        #expect(refusal { _ = try Adaptation(twice, at: "x") }.contains("two changes of c"))
        let broken = TensorFile(tensors: ["c": Tensor([.nan] as [Float], shape: [1])])
        #expect(refusal { _ = try Adaptation(broken, at: "x") }.contains("NaN"))
    }

    @Test func theAdaptedNetworkIsMadeOnceAndMadeAgainWhenDamaged() throws {
        let samples = try SampleBundles()
        let base = try samples.base()
        let new = Tensor([5, 6] as [Float], shape: [1, 2, 1, 1])
        let scene = try samples.scene(on: samples.adaptation(of: base, ["constant_s8": .replace(new)]))
        let store = try ModelStore(samples.layout.path)
        let files = try #require(try BackboneFiles(BundleChain.resolve(scene), in: store))
        let path = try files.path(.fp32)
        let first = try Data(contentsOf: URL(filePath: path))
        #expect(ONNXWeights.read(first)["constant_s8"] == [5, 6])
        #expect(refusal { _ = try files.path(.int8) }.contains("use precision fp32"))
        let inode = try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int
        #expect(try files.path(.fp32) == path)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? Int == inode)
        try Data("damaged".utf8).write(to: URL(filePath: path))
        #expect(try Data(contentsOf: URL(filePath: files.path(.fp32))) == first)

        let plain = try #require(try BackboneFiles(BundleChain.resolve(base), in: store))
        #expect(try Data(contentsOf: URL(filePath: plain.path(.fp32))) == SampleBundles.network)
        #expect(plain.key != files.key)
    }

    @Test func aBaseWhoseWeightsAreOthersIsRefused() throws {
        let samples = try SampleBundles()
        var draft = BundleDraft(level: .l0, name: "tiny", version: "1")
        let description = SampleBundles.baseDescription(digest: SHA256Digest(ofUTF8: "other"))
        draft.layers = [.init("backbone.onnx", ModelPackType.weight, .data(SampleBundles.network)), description.layer]
        let base = try draft.write(to: samples.layout)
        let text = refusal { _ = try BaseDescription(of: base) }
        #expect(text.contains(SHA256Digest(ofUTF8: "other").description))
        #expect(text.contains(SHA256Digest(of: SampleBundles.network).description))
    }

    @Test func aBaseDescriptionIsReadBackAndItsMistakesNamed() throws {
        let description = SampleBundles.baseDescription()
        #expect(try BaseDescription(description.json, at: "x") == description)
        let text = refusal {
            _ = try BaseDescription(
                JSONValue(parsing: Data(#"{"format":1,"input":{"mean":[1]},"taps":[]}"#.utf8)), at: "x")
        }
        for key in ["input.name", "input.mean", "input.scale", "input.width", "taps:", "weights:"] {
            #expect(text.contains(key), "\(key) is not named in \(text)")
        }
    }
}
