import Foundation
import Integrity
import ModelBundles
import ShrikeCore
import TestKit
import Testing

@testable import Agent

/// Twelve bundles that must not run, each refused with its own reason while the active version stays.
struct BadBundlesTests {
    private let folder: TestFolder
    private let key = SigningKey()
    private let desk: ModelDesk
    private let store: ModelStore
    private let maker: FolderLayout

    init() throws {
        folder = try TestFolder()
        try folder.write(key.verifyingKey.pem, to: "plant.pub")
        var options = ModelDesk.Options()
        (options.store, options.keys) = (folder.path("gateway"), [folder.path("plant.pub")])
        desk = try ModelDesk(options)
        store = try ModelStore(folder.path("gateway"))
        maker = try FolderLayout(creating: folder.path("maker"))
    }

    private static let scene =
        #"{"format":1,"name":"roof","kind":"thermal","classes":[{"code":"hot","threshold":0.3}]}"#
    private static let heads = TensorFile(tensors: ["w": Tensor([1, 2] as [Float], shape: [2])])

    /// A signed scene in the maker's layout.
    private func make(
        _ version: String, parent: BundleDraft.ParentReference? = nil, heads: TensorFile = heads,
        layers: [BundleDraft.Layer] = [], isSigned: Bool = true
    ) throws -> ModelBundle {
        var draft = BundleDraft(level: .l2, name: "roof", version: version, parent: parent)
        draft.layers = [
            .init(SceneLoader.documentFile, ModelPackType.weightConfig, .data(Data(Self.scene.utf8))),
            .init(SceneLoader.headsFile, ModelPackType.weight, .data(heads.bytes)),
        ]
        draft.layers += layers
        let bundle = try draft.write(to: maker)
        if isSigned { try bundle.sign(with: key, identity: "roof", in: maker) }
        return bundle
    }

    /// Makes the first version active, tries the bad one, and gives the reason it was refused for.
    private func reason(_ address: String) throws -> String {
        let good = try make("1")
        _ = try desk.activate("oci:\(maker.path):roof:1")
        let error = #expect(throws: AgentError.self) { try desk.activate(address) }
        #expect(try store.active("roof")?.current == good.digest, "the active version changed")
        #expect(try desk.verify("active:roof", replaysGolden: true).isGood)
        return error?.description ?? ""
    }

    private func stick(_ version: String) -> String { "oci:\(maker.path):roof:\(version)" }

    /// Replaces a manifest's text and names what comes of it, signed by nobody.
    private func alter(_ bundle: ModelBundle, _ change: (String) -> String, as name: String) throws {
        let text = change(String(decoding: try maker.manifestBytes(bundle.digest), as: UTF8.self))
        let entry = try maker.write(Data(text.utf8), mediaType: ModelPackType.imageManifest)
        try maker.name(entry, as: name)
    }

    @Test func `1 unsigned`() throws {
        _ = try make("2", isSigned: false)
        #expect(try reason(stick("2")).contains("unsigned: there is no signature of sha256:"))
    }

    @Test func `2 signed with another key`() throws {
        let bundle = try make("2", isSigned: false)
        try bundle.sign(with: SigningKey(), identity: "roof", in: maker)
        #expect(try reason(stick("2")).contains("wrong key: none of 1 signatures is of a trusted key (plant.pub)"))
    }

    @Test func `3 a changed blob`() throws {
        let other = TensorFile(tensors: ["w": Tensor([3, 4] as [Float], shape: [2])])
        let layer = try make("2", heads: other).layer(SceneLoader.headsFile)
        var bytes = try Data(contentsOf: URL(filePath: maker.blobPath(layer.digest)))
        bytes[bytes.count - 1] ^= 1
        try bytes.write(to: URL(filePath: maker.blobPath(layer.digest)))
        #expect(try reason(stick("2")).contains("heads.safetensors: changed: \(layer.digest)"))
    }

    @Test func `4 a changed manifest`() throws {
        let path = maker.blobPath(try make("2").digest)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try text.replacing(#""dev.shrike.version":"2""#, with: #""dev.shrike.version":"3""#).write(
            toFile: path, atomically: true, encoding: .utf8)
        #expect(try reason(stick("2")).contains("changed: sha256:"))
    }

    @Test func `5 a missing layer`() throws {
        let other = TensorFile(tensors: ["w": Tensor([5, 6] as [Float], shape: [2])])
        let layer = try make("2", heads: other).layer(SceneLoader.headsFile)
        try FileManager.default.removeItem(atPath: maker.blobPath(layer.digest))
        #expect(try reason(stick("2")).contains("heads.safetensors: missing: no blob \(layer.digest)"))
    }

    @Test func `6 another parent than was meant`() throws {
        var base = BundleDraft(level: .l0, name: "tiny", version: "1")
        base.layers = [.init(SceneLoader.cardFile, ModelPackType.doc, .data(Data("here".utf8)))]
        let here = try base.write(to: store.layout).digest
        let meant = SHA256Digest(ofUTF8: "the base it was made on")
        _ = try make("2", parent: .init(digest: meant, reference: "tiny:1"))
        let text = try reason(stick("2"))
        #expect(text.contains("wrong parent") && text.contains("\(meant)") && text.contains("\(here)"))
    }

    @Test func `7 other results on this machine`() throws {
        let picture = try Data(contentsOf: URL(filePath: Self.picture(in: folder)))
        let golden = GoldenSet(pictures: [
            .init(
                file: "golden/1.png",
                expected: [.init(className: "hot", box: Box(x: 1, y: 1, width: 5, height: 5), score: 0.9)])
        ])
        _ = try make("2", layers: [.init("golden/1.png", ModelPackType.dataset, .data(picture)), golden.layer])
        let text = try reason(stick("2"))
        #expect(text.contains("other results on this machine") && text.contains("golden/1.png: hot 0.9 is not found"))
    }

    @Test func `8 weights that are not numbers`() throws {
        let heads = TensorFile(tensors: ["w": Tensor([1, .nan] as [Float], shape: [2])])
        _ = try make("2", heads: heads)
        #expect(try reason(stick("2")).contains("NaN or infinity in heads.safetensors: w"))
    }

    @Test func `9 an oversized layer`() throws {
        let size = try make("2").layer(SceneLoader.headsFile).size
        try alter(make("2"), { $0.replacing("\"size\":\(size)", with: "\"size\":9999999999999") }, as: "roof:3")
        #expect(try reason(stick("3")).contains("oversized"))
    }

    @Test func `10 a file name that leads out`() throws {
        try alter(make("2"), { $0.replacing("\"heads.safetensors\"", with: "\"../../heads\"") }, as: "roof:3")
        #expect(try reason(stick("3")).contains("unsafe file name in a layer: \"../../heads\""))
    }

    @Test func `11 a truncated tar`() throws {
        let bundle = try make("2")
        let tar = folder.path("roof.tar")
        try ModelStore(maker.path).resolve(.digest(bundle.digest)).writeTar(to: tar)
        let bytes = try Data(contentsOf: URL(filePath: tar))
        try bytes.prefix(bytes.count * 2 / 3).write(to: URL(filePath: tar))
        #expect(try reason(tar).contains("truncated tar"))
    }

    @Test func `12 a format of the future`() throws {
        try alter(
            make("2"), { $0.replacing(#""dev.shrike.format":"1""#, with: #""dev.shrike.format":"7""#) }, as: "roof:3")
        #expect(try reason(stick("3")).contains("format 7; this program knows formats up to 1"))
    }

    /// A gray PNG of 32 x 32 pixels.
    private static func picture(in folder: TestFolder) throws -> String {
        // Written by hand: zlib's stored blocks need no compressor.
        try folder.write(GrayPNG.bytes(width: 32, height: 32, value: 90), to: "even.png")
    }
}
