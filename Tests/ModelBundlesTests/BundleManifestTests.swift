import Foundation
import Integrity
import ModelBundles
import ShrikeCore
import Testing

@Suite struct BundleManifestTests {
    private func sample() throws -> JSONValue {
        let samples = try SampleBundles()
        return try samples.scene(on: samples.base()).manifest.json
    }

    private func parse(_ document: JSONValue) throws -> BundleManifest {
        try BundleManifest(parsing: Data(document.canonicalText.utf8), at: "here")
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let document = try sample()
        let manifest = try parse(document)
        #expect(manifest.json == document)
        #expect(manifest.level == .l2)
        #expect(manifest.reference == "roof:1")
        #expect(manifest.parentName == "tiny:1")
    }

    @Test func theSameContentGivesTheSameDigest() throws {
        let (a, b) = (try SampleBundles(), try SampleBundles())
        #expect(try a.scene(on: a.base()).digest == b.scene(on: b.base()).digest)
        #expect(try a.scene(version: "2").digest != a.scene(version: "3").digest)
    }

    @Test func aFormatOfTheFutureIsRefusedByItsNumber() throws {
        let document = try sample().setting("2", at: ["annotations", BundleAnnotation.format])
        #expect(refusal { _ = try parse(document) }.contains("format 2; this program knows formats up to 1"))
    }

    @Test(arguments: ["../evil", "/etc/passwd", "a/../../b", "a\\b", "", "a//b", ".hidden", "a/./b", "a\u{0}b", "ü"])
    func namesThatLeadOutAreRefused(name: String) throws {
        let document = try sample().setting(name, at: ["layers", "0", "annotations", BundleAnnotation.filePath])
        #expect(refusal { _ = try parse(document) }.contains("unsafe file name"))
    }

    @Test(arguments: [
        (["artifactType"], "application/x", "no model bundle"),
        (["annotations", BundleAnnotation.level], "l3", "must be l0, l1 or l2"),
        (["annotations", BundleAnnotation.name], "a b", "name and version"),
        (["annotations", BundleAnnotation.baseDigest], "sha256:12", "no sha256 digest"),
        (["config", "mediaType"], "text/plain", "config is of type text/plain"),
        (["layers", "0", "mediaType"], "application/x-tar", "layer of type application/x-tar"),
        (["layers", "0", "digest"], "sha256:XY", "digest is no sha256 digest"),
        (["layers", "1", "annotations", BundleAnnotation.filePath], "heads.safetensors", "two layers hold"),
    ])
    func whatIsWrongIsNamed(path: [String], value: String, reason: String) throws {
        let text = refusal { _ = try parse(sample().setting(value, at: path[...])) }
        #expect(text.contains(reason), "\(text)")
    }

    @Test func sizesAreBounded() throws {
        var document = try sample()
        document = document.setting(.integer(1 << 40), at: ["layers", "0", "size"])
        #expect(refusal { _ = try parse(document) }.contains("oversized"))
        #expect(
            refusal { _ = try BundleManifest(parsing: Data(count: 2 << 20), at: "x") }.contains("over the limit"))
    }

    @Test func anythingElseIsOneClearError() {
        for text in ["", "[]", "null", "{}", "{\"schemaVersion\":2}", "\u{FFFF}", String(repeating: "[", count: 5000)] {
            #expect(throws: BundleError.self) { try BundleManifest(parsing: Data(text.utf8), at: "x") }
        }
    }
}

extension JSONValue {
    func setting(_ text: String, at path: ArraySlice<String>) -> JSONValue { setting(.string(text), at: path) }

    /// A copy with one value replaced; numbers in the path are positions of a list.
    func setting(_ value: JSONValue, at path: ArraySlice<String>) -> JSONValue {
        guard let key = path.first else { return value }
        if case .array(var list) = self, let index = Int(key) {
            list[index] = list[index].setting(value, at: path.dropFirst())
            return .array(list)
        }
        var pairs = objectValue ?? [:]
        pairs[key] = (pairs[key] ?? .null).setting(value, at: path.dropFirst())
        return .object(pairs)
    }
}
