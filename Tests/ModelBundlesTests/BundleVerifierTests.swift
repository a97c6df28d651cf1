import Foundation
import Integrity
import ModelBundles
import ShrikeCore
import TestKit
import Testing

@Suite struct BundleVerifierTests {
    private let key = SigningKey()

    private func policy(_ mode: TrustPolicy.Mode = .require, _ key: SigningKey? = nil) -> TrustPolicy {
        TrustPolicy(mode: mode, keys: [.init(name: "plant.pub", key: (key ?? self.key).verifyingKey)])
    }

    private func signedScene() throws -> (SampleBundles, ModelBundle, ModelStore) {
        let samples = try SampleBundles()
        let scene = try samples.scene(on: samples.base())
        try scene.sign(with: key, identity: "registry.example/line", in: samples.layout)
        return (samples, scene, try ModelStore(samples.layout.path))
    }

    @Test func aSignedSceneIsTakenAndSaysByWhom() throws {
        let (samples, scene, store) = try signedScene()
        defer { withExtendedLifetime(samples) {} }
        let (verdict, chain) = BundleVerifier(policy: policy()).verify(.reference("roof:1"), in: store)
        #expect(verdict.isAccepted, "\(verdict.reasons)")
        #expect(verdict.signedBy == ["plant.pub"])
        #expect(chain?.top.digest == scene.digest)
    }

    @Test func theSignatureIsWhatCosignDocuments() throws {
        let (samples, scene, _) = try signedScene()
        let entry = try #require(try samples.layout.index().manifest(named: "sha256-\(scene.digest.hex).sig"))
        let manifest = try JSONValue(parsing: samples.layout.manifestBytes(entry.digest))
        #expect(manifest["mediaType"]?.stringValue == "application/vnd.oci.image.manifest.v1+json")
        #expect(manifest["config"]?["mediaType"]?.stringValue == "application/vnd.oci.image.config.v1+json")
        let layer = try #require(manifest["layers"]?.arrayValue?.first)
        #expect(layer["mediaType"]?.stringValue == "application/vnd.dev.cosign.simplesigning.v1+json")
        let digest = try #require(layer["digest"]?.stringValue.flatMap { SHA256Digest($0) })
        let payload = try samples.layout.read(
            digest, size: try #require(samples.layout.size(of: digest)), maximumBytes: 4096)
        let text = """
            {"critical":{"identity":{"docker-reference":"registry.example/line"},"image":{"docker-manifest-digest":\
            "\(scene.digest)"},"type":"cosign container image signature"},"optional":null}
            """
        #expect(String(decoding: payload, as: UTF8.self) == text)
        let signature = try #require(
            layer["annotations"]?["dev.cosignproject.cosign/signature"]?.stringValue.flatMap { Data(base64Encoded: $0) }
        )
        #expect(key.verifyingKey.isValid(signature, of: payload))
    }

    @Test func signaturesTravelInATarAndIntoAnotherStore() throws {
        let (samples, _, store) = try signedScene()
        let tar = samples.folder.path("signed.tar")
        try store.resolve(.reference("roof:1")).writeTar(to: tar)
        let other = try ModelStore(samples.folder.path("other"))
        let address = BundleAddress.layout(path: tar, reference: nil)
        #expect(BundleVerifier(policy: policy()).verify(address, in: other).verdict.isAccepted)
        _ = try other.take(other.resolve(address))
        #expect(BundleVerifier(policy: policy()).verify(.reference("roof:1"), in: other).verdict.isAccepted)
    }

    @Test func severalKeysMaySignAndOneReplacesItself() throws {
        let (samples, scene, store) = try signedScene()
        let second = SigningKey()
        try scene.sign(with: second, identity: "x", in: samples.layout)
        try scene.sign(with: second, identity: "y", in: samples.layout)
        #expect(try BundleSignature.all(of: scene.digest, in: samples.layout).count == 2)
        for key in [key, second] {
            let verifier = BundleVerifier(policy: policy(.require, key))
            #expect(verifier.verify(.reference("roof:1"), in: store).verdict.isAccepted)
        }
    }

    @Test func whatSpeaksAgainstASceneIsToldAllAtOnce() throws {
        let samples = try SampleBundles()
        let scene = try samples.scene(on: samples.base())
        let store = try ModelStore(samples.layout.path)
        for file in ["scene.json", "heads.safetensors"] {
            let path = samples.layout.blobPath(try scene.layer(file).digest)
            try (Data(contentsOf: URL(filePath: path)) + [0]).write(to: URL(filePath: path))
        }
        let verdict = BundleVerifier(policy: policy()).verify(.reference("roof:1"), in: store).verdict
        #expect(verdict.refusals.map(\.kind) == [.unsigned, .damagedBlob, .damagedBlob])
        #expect(verdict.reasons.contains("scene.json") && verdict.reasons.contains("heads.safetensors"))
    }

    @Test func warnTellsAndOffDoesNotLook() throws {
        let samples = try SampleBundles()
        try samples.scene()
        let store = try ModelStore(samples.layout.path)
        let warned = BundleVerifier(policy: policy(.warn)).verify(.reference("roof:1"), in: store).verdict
        #expect(warned.isAccepted && warned.warnings.map(\.kind) == [.unsigned])
        let off = BundleVerifier(policy: policy(.off)).verify(.reference("roof:1"), in: store).verdict
        #expect(off.isAccepted && off.warnings.isEmpty)
    }

    @Test func aSignatureOfAnotherBundleIsNone() throws {
        let (samples, scene, store) = try signedScene()
        let other = try samples.scene(version: "2")
        let entry = try #require(try samples.layout.index().manifest(named: "sha256-\(scene.digest.hex).sig"))
        try samples.layout.name(entry, as: "sha256-\(other.digest.hex).sig")
        let verdict = BundleVerifier(policy: policy()).verify(.reference("roof:2"), in: store).verdict
        #expect(verdict.refusals.map(\.kind) == [.wrongKey])
    }

    @Test func theGoldenSetIsAskedLastAndItsAnswerCounts() throws {
        let (samples, _, store) = try signedScene()
        defer { withExtendedLifetime(samples) {} }
        struct Broken: Error {}
        for (answer, kinds) in [
            (GoldenOutcome.passed(pictures: 1, worstScoreDifference: 0), []),
            (.mismatch(["golden/1.png: hot 0.8 is not found"]), [BundleRefusal.Kind.goldenMismatch]),
        ] {
            let verifier = BundleVerifier(policy: policy()) { _ in answer }
            let verdict = verifier.verify(.reference("roof:1"), in: store).verdict
            #expect(verdict.refusals.map(\.kind) == kinds)
            #expect(verdict.golden == answer)
        }
        let broken = BundleVerifier(policy: policy()) { _ in throw Broken() }
        #expect(broken.verify(.reference("roof:1"), in: store).verdict.refusals.map(\.kind) == [.unusable])
    }

    @Test func aChangedManifestIsNotTheSameBundle() throws {
        let (samples, scene, store) = try signedScene()
        let path = samples.layout.blobPath(scene.digest)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing("\"roof\"", with: "\"rope\"").write(toFile: path, atomically: true, encoding: .utf8)
        let verdict = BundleVerifier(policy: policy()).verify(.reference("roof:1"), in: store).verdict
        #expect(verdict.refusals.map(\.kind) == [.changedManifest])
    }
}
