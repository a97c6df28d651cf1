import Integrity
public import ShrikeCore

/// What changed from one bundle to another, usually two versions of a scene.
public struct BundleDifference: Sendable {
    /// One change in words, below a heading.
    public struct Change: Hashable, Sendable {
        public var topic: String
        public var text: String
    }

    public let from: ModelBundle
    public let to: ModelBundle
    public private(set) var changes: [Change] = []
    /// Bytes a gateway that has the first must fetch for the second, manifests aside.
    public let bytesToFetch: Int64

    /// - Throws: ``BundleError`` where either cannot be read.
    public init(from old: BundleChain, to new: BundleChain) throws(BundleError) {
        (from, to) = (old.top, new.top)
        let here = Set(old.bundles.flatMap(\.manifest.blobs).map(\.digest))
        bytesToFetch = new.bundles.flatMap(\.manifest.blobs).filter { !here.contains($0.digest) }
            .reduce(0) { $0 + $1.size }
        if from.manifest.parent != to.manifest.parent {
            let names = [old, new].map { $0.parents.first?.manifest.reference ?? "none" }
            note("parent", "\(names[0]) -> \(names[1])")
        }
        compareFiles()
        try compareTensors()
        if from.manifest.level == .l2, to.manifest.level == .l2 {
            try compareScenes()
            try compareGolden()
        }
    }

    private mutating func note(_ topic: String, _ text: String) { changes.append(Change(topic: topic, text: text)) }

    private mutating func compareFiles() {
        let names = Set((from.manifest.layers + to.manifest.layers).compactMap(\.file))
        for name in names.sorted() {
            switch (from.manifest.layer(name), to.manifest.layer(name)) {
            case (let old?, nil): note("files", "\(name) is gone (\(old.size) B)")
            case (nil, let new?): note("files", "\(name) is new (\(new.size) B)")
            case (let old?, let new?) where old.digest != new.digest:
                note("files", "\(name) changed (\(old.size) B -> \(new.size) B)")
            default: break
            }
        }
    }

    private mutating func compareTensors() throws(BundleError) {
        for layer in to.manifest.layers {
            guard let file = layer.file, file.hasSuffix(".safetensors"), let old = from.manifest.layer(file),
                old.digest != layer.digest
            else { continue }
            let (before, after) = (try from.tensors(file).tensors, try to.tensors(file).tensors)
            for name in Set(before.keys).union(after.keys).sorted() {
                switch (before[name], after[name]) {
                case (nil, let new?): note("tensors", "\(name) \(new.shape) is new")
                case (_?, nil): note("tensors", "\(name) is gone")
                case (let old?, let new?) where old.shape != new.shape:
                    note("tensors", "\(name) \(old.shape) -> \(new.shape)")
                case (let old?, let new?) where old != new:
                    let largest = zip(old.doubles, new.doubles).reduce(0.0) { max($0, abs($1.0 - $1.1)) }
                    note("tensors", "\(name) \(new.shape) differs by \(Self.fixed(largest)) at most")
                default: break
                }
            }
        }
    }

    private mutating func compareScenes() throws(BundleError) {
        let old = try SceneLoader.definition(of: from, at: from.manifest.reference)
        let new = try SceneLoader.definition(of: to, at: to.manifest.reference)
        for definition in new.classes {
            guard let before = old.classDefinition(definition.code) else {
                note("classes", "\(definition.code) is new")
                continue
            }
            if before.threshold != definition.threshold {
                let texts = [before, definition].map { Self.fixed($0.threshold) }
                note("thresholds", "\(definition.code) \(texts[0]) -> \(texts[1])")
            }
            if before.grade != definition.grade {
                note("classes", "\(definition.code) grade \(before.grade.rawValue) -> \(definition.grade.rawValue)")
            }
            if before.names != definition.names { note("classes", "\(definition.code) has other names") }
            if before.alerts != definition.alerts {
                note("classes", "\(definition.code) \(definition.alerts ? "raises" : "raises no") alerts now")
            }
        }
        for definition in old.classes where new.classDefinition(definition.code) == nil {
            note("classes", "\(definition.code) is gone")
        }
        let handled: Set<String> = ["classes", "version", "name"]
        let documents = (try from.document(SceneLoader.documentFile), try to.document(SceneLoader.documentFile))
        compare(documents.0, documents.1, path: "", skipping: handled)
    }

    /// Every key of `scene.json` whose value differs.
    private mutating func compare(_ old: JSONValue, _ new: JSONValue, path: String, skipping: Set<String> = []) {
        guard let before = old.objectValue, let after = new.objectValue else {
            if old != new {
                note("settings", "\(path) \(old.canonicalText.prefix(60)) -> \(new.canonicalText.prefix(60))")
            }
            return
        }
        for key in Set(before.keys).union(after.keys).sorted() where !skipping.contains(key) {
            compare(before[key] ?? .null, after[key] ?? .null, path: path.isEmpty ? key : "\(path).\(key)")
        }
    }

    private mutating func compareGolden() throws(BundleError) {
        let (old, new) = (try GoldenSet(of: from), try GoldenSet(of: to))
        guard let old, let new else {
            if (old == nil) != (new == nil) {
                note("golden", old == nil ? "a golden set is new" : "the golden set is gone")
            }
            return
        }
        func key(_ picture: GoldenSet.Picture, _ bundle: ModelBundle) -> String {
            bundle.manifest.layer(picture.file)?.digest.hex ?? picture.file
        }
        let before = Dictionary(old.pictures.map { (key($0, from), $0) }, uniquingKeysWith: { a, _ in a })
        var same = 0
        for picture in new.pictures {
            guard let earlier = before[key(picture, to)] else {
                note("golden", "\(picture.file) is new")
                continue
            }
            if earlier.expected == picture.expected {
                same += 1
            } else {
                note("golden", "\(picture.file) \(Self.words(earlier)) -> \(Self.words(picture))")
            }
        }
        let gone = Set(before.keys).subtracting(new.pictures.map { key($0, to) }).count
        if gone > 0 { note("golden", "\(gone) pictures are gone") }
        if same > 0 { note("golden", "\(same) pictures have the same results") }
    }

    private static func words(_ picture: GoldenSet.Picture) -> String {
        picture.expected.isEmpty
            ? "nothing" : picture.expected.map { "\($0.className) \(fixed($0.score))" }.joined(separator: ", ")
    }

    private static func fixed(_ value: Double) -> String { JSONValue.number(value, decimals: 4).canonicalText }

    public var text: String {
        var lines = ["\(from.manifest.reference) \(from.digest) ->", "\(to.manifest.reference) \(to.digest)"]
        if changes.isEmpty { lines.append("nothing differs") }
        for change in changes { lines.append("  \(change.topic): \(change.text)") }
        lines.append("  to fetch: \(bytesToFetch) bytes")
        return lines.joined(separator: "\n")
    }

    public var json: JSONValue {
        .object([
            "from": .string(from.digest.description), "to": .string(to.digest.description),
            "bytes_to_fetch": .integer(bytesToFetch),
            "changes": .array(changes.map { .object(["topic": .string($0.topic), "text": .string($0.text)]) }),
        ])
    }
}
