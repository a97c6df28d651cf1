import Foundation
import Integrity
import ModelBundles
import ShrikeCore
import TestKit
import Testing

@Suite struct LayoutTests {
    @Test func aBundleIsFoundByNameDigestAndPath() throws {
        let samples = try SampleBundles()
        let scene = try samples.scene(on: samples.base())
        let store = try ModelStore(samples.layout.path)
        for text in ["roof:1", scene.digest.description, samples.layout.path, "oci:\(samples.layout.path):roof:1"] {
            let address = try #require(BundleAddress(text))
            let chain = try store.resolve(address)
            #expect(chain.top.digest == scene.digest)
            #expect(chain.lineage.parents.map(\.level) == [.l0])
        }
        #expect(refusal { _ = try store.resolve(.reference("roof:9")) }.contains("known: roof:1, tiny:1"))
    }

    @Test func severalBundlesInOneLayoutMustBeNamed() throws {
        let samples = try SampleBundles()
        try samples.scene(version: "1")
        try samples.scene(version: "2")
        let store = try ModelStore(samples.folder.path("store"))
        let text = refusal { _ = try store.resolve(.layout(path: samples.layout.path, reference: nil)) }
        #expect(text.contains("several bundles: roof:1, roof:2"))
    }

    @Test func aTarHoldsTheSameAndIsTakenIntoAStore() throws {
        let samples = try SampleBundles()
        let scene = try samples.scene(on: samples.base())
        let tar = samples.folder.path("roof.tar")
        let chain = try ModelStore(samples.layout.path).resolve(.digest(scene.digest))
        try chain.writeTar(to: tar)
        let first = try Data(contentsOf: URL(filePath: tar))
        try chain.writeTar(to: tar)
        #expect(try Data(contentsOf: URL(filePath: tar)) == first)

        let store = try ModelStore(samples.folder.path("store"))
        let taken = try store.take(store.resolve(.layout(path: tar, reference: nil)))
        #expect(taken.top.digest == scene.digest)
        #expect(try taken.top.data("scene.json") == scene.data("scene.json"))
        #expect(try store.layout.index().names == ["roof:1", "tiny:1"])
        #expect(try store.file("backbone.onnx", of: #require(taken.base)).hasSuffix("/backbone.onnx"))
    }

    @Test func otherProgramsTarsAreReadToo() throws {
        let samples = try SampleBundles()
        let scene = try samples.scene()
        let tar = samples.folder.path("roof.tar")
        let run = Process()
        run.executableURL = URL(filePath: "/bin/tar")
        run.arguments = ["-C", samples.layout.path, "-cf", tar, "."]
        try run.run()
        run.waitUntilExit()
        #expect(try TarLayout(opening: tar).bundle(scene.digest).data("scene.json") == scene.data("scene.json"))
    }

    @Test func aChangedAMissingAndACutBlobAreToldApart() throws {
        let samples = try SampleBundles()
        let scene = try samples.scene()
        let layer = try scene.layer("scene.json")
        let file = samples.layout.blobPath(layer.digest)
        let good = try Data(contentsOf: URL(filePath: file))
        try Data(good.map { $0 ^ 1 }).write(to: URL(filePath: file))
        #expect(refusal { _ = try scene.data("scene.json") }.contains("changed: \(layer.digest) has the digest"))
        try good.dropLast().write(to: URL(filePath: file))
        #expect(refusal { _ = try scene.data("scene.json") }.contains("truncated"))
        try (good + [1]).write(to: URL(filePath: file))
        #expect(refusal { _ = try scene.data("scene.json") }.contains("has more than its"))
        try FileManager.default.removeItem(atPath: file)
        #expect(refusal { _ = try scene.data("scene.json") }.contains("missing: no blob"))
        try FileManager.default.createSymbolicLink(atPath: file, withDestinationPath: "/etc/hostname")
        #expect(throws: BundleError.self) { try scene.data("scene.json") }
    }

    @Test func aDamagedBlobIsMendedByTakingTheBundleAgain() throws {
        let samples = try SampleBundles()
        let scene = try samples.scene()
        let store = try ModelStore(samples.folder.path("store"))
        let chain = try store.resolve(.layout(path: samples.layout.path, reference: nil))
        let taken = try store.take(chain)
        let file = store.layout.blobPath(try scene.layer("scene.json").digest)
        let size = try #require(store.layout.size(of: scene.layer("scene.json").digest))
        try Data(count: Int(size)).write(to: URL(filePath: file))
        #expect(throws: BundleError.self) { try taken.top.data("scene.json") }
        _ = try store.take(chain)
        #expect(try taken.top.data("scene.json") == scene.data("scene.json"))
    }

    @Test func badTarsAreRefusedEachForItsReason() throws {
        let samples = try SampleBundles()
        let scene = try samples.scene()
        let tar = samples.folder.path("good.tar")
        try ModelStore(samples.layout.path).resolve(.digest(scene.digest)).writeTar(to: tar)
        let good = try Data(contentsOf: URL(filePath: tar))
        let bad = samples.folder.path("bad.tar")
        func reason(_ bytes: Data) throws -> String {
            try bytes.write(to: URL(filePath: bad))
            return refusal { _ = try TarLayout(opening: bad) }
        }
        #expect(try reason(good.prefix(good.count / 2)).contains("truncated tar"))
        #expect(try reason(good.prefix(good.count - 1024)).contains("truncated tar"))
        #expect(try reason(RawTar.entry("../../etc/cron.d/x", "x") + good).contains("path that leads out"))
        #expect(try reason(RawTar.entry("/etc/x", "x") + good).contains("path that leads out"))
        #expect(try reason(RawTar.entry("blobs/sha256/x", "", type: "2") + good).contains("holds a link"))
        #expect(try reason(RawTar.entry("blobs/sha256/x", "", type: "1") + good).contains("holds a link"))
        #expect(try reason(RawTar.entry("dev", "", type: "3") + good).contains("of a kind not taken"))
        #expect(try reason(RawTar.entry("index.json", "{}") + good).contains("index.json twice"))
        #expect(try reason(Data(count: 1024)).contains("holds no OCI image layout"))
        var damaged = good
        damaged[200] ^= 1
        #expect(try reason(damaged).contains("checksum"))
        #expect(try reason(RawTar.entry("a", "b", size: "77777777777") + good).contains("truncated tar"))
    }

    /// Deterministic damage: no crash, and never bytes that differ from what the digest says.
    @Test func mutatedTarsNeverGiveChangedBytes() throws {
        let samples = try SampleBundles()
        let scene = try samples.scene()
        let tar = samples.folder.path("good.tar")
        try ModelStore(samples.layout.path).resolve(.digest(scene.digest)).writeTar(to: tar)
        let good = try Data(contentsOf: URL(filePath: tar))
        let expected = try scene.data("scene.json")
        var state: UInt64 = 7
        func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for _ in 0..<300 {
            var bytes = good
            for _ in 0...next(4) { bytes[next(bytes.count)] = UInt8(next(256)) }
            if next(4) == 0 { bytes = bytes.prefix(next(bytes.count)) }
            try bytes.write(to: URL(filePath: tar))
            guard let layout = try? TarLayout(opening: tar), let bundle = try? layout.bundle(scene.digest),
                let data = try? bundle.data("scene.json")
            else { continue }
            #expect(data == expected)
        }
    }
}
