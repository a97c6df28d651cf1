import Foundation
import FrameSources
import Inference
import Integrity
import ModelBundles
import SceneTraining
import ShrikeCore

/// The end of every piece of teaching: the gate, then a bundle in the store.
struct TeachingRound: Sendable {
    let desk: ModelDesk
    let options: SceneTeaching.Options
    let name: String
    let plan: StudyPlan
    let before: TaughtScene?
    let record: TeachingRecord
    /// Names that people gave classes that are new, by code.
    var classNames: [String: String] = [:]
    /// Lines about pictures that were left out and the like.
    var notes: [String] = []
    /// Pictures that prove the bundle, where the gateway remembers none.
    var goldenFrames: [PixelBuffer] = []
    let began: ContinuousClock.Instant

    func finish(
        _ study: some SceneStudy, progress: @escaping SceneTeaching.Progress
    ) async throws -> SceneTeaching.Outcome {
        let solved = try await study.solved(
            record, before: before, tolerance: options.tolerance, progress: progress)
        return try await finish(solved, progress: progress)
    }

    func finish(
        _ solved: SolvedScene, progress: @escaping SceneTeaching.Progress
    ) async throws -> SceneTeaching.Outcome {
        let report = TeachingReport(
            name: name, record: record, gate: solved.gate, notes: notes + solved.notes,
            seconds: began.duration(to: .now).seconds)
        guard solved.gate.isPassed || options.acceptsWorse else { return report.refused }
        progress("packing", 0)
        let (round, desk) = (self, desk)
        let packed = try await BlockingThread(label: "pack").run { try round.pack(solved, desk) }
        if options.activates { _ = try desk.activate(packed.digest) }
        return report.made(packed, isActive: options.activates)
    }

    struct Packed: Sendable {
        var reference: String
        var digest: String
        var bytes: Int64
    }

    private func pack(_ solved: SolvedScene, _ desk: ModelDesk) throws -> Packed {
        let folder = FileManager.default.temporaryDirectory.appending(path: "shrike-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder + "/golden", withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let version = try options.version ?? desk.nextVersion(of: name)
        try write(Data(document(solved, version: version).canonicalText.utf8), folder + "/scene.json")
        try write(solved.tensors.bytes, "\(folder)/\(solved.heads.file)")
        try write(Data(TeachingCard(self, solved).text.utf8), folder + "/card.md")
        var pack = ModelDesk.PackOptions(version: version)
        pack.parent = plan.base.top.digest.description
        pack.card = folder + "/card.md"
        pack.golden = try golden(folder)
        pack.data = TeachingCard.data(record)
        pack.metrics = TeachingCard.metrics(solved.gate)
        pack.layers = [
            .init(TeachingRecord.file, ModelPackType.dataset, .data(Data(record.json.canonicalText.utf8)))
        ]
        if let sums = solved.statistics {
            pack.layers.append(.init(TeachingRecord.statisticsFile, ModelPackType.weight, .data(sums.bytes)))
        }
        let bundle = try desk.packed(folder, options: pack)
        return Packed(
            reference: bundle.manifest.reference, digest: bundle.digest.description, bytes: bundle.manifest.size)
    }

    private func write(_ bytes: Data, _ path: String) throws { try bytes.write(to: URL(filePath: path)) }

    /// The old `scene.json` with what was learned now in it; zones, persistence and what else a person set stay.
    private func document(_ solved: SolvedScene, version: String) -> JSONValue {
        var pairs = before?.document.objectValue ?? ["format": .integer(1), "kind": .string("heads")]
        let old = Dictionary(
            (pairs["classes"]?.arrayValue ?? []).compactMap { entry in
                entry["code"]?.stringValue.map { ($0, entry.objectValue ?? [:]) }
            }, uniquingKeysWith: { a, _ in a })
        pairs["name"] = .string(name)
        pairs["version"] = .string(version)
        var heads = solved.heads
        // The golden results are made before there is a bundle with a parent.
        heads.base = plan.base.top.digest.description
        pairs["heads"] = heads.json
        pairs["classes"] = .array(
            solved.thresholds.keys.sorted().map { code in
                var entry =
                    old[code] ?? ["code": .string(code), "names": .object(["en": .string(classNames[code] ?? code)])]
                entry["threshold"] = .number(solved.thresholds[code] ?? 0, decimals: 4)
                return .object(entry)
            })
        return .object(pairs)
    }

    private func golden(_ folder: String) throws -> [String] {
        func file(_ number: Int) -> String { "\(folder)/golden/\(number + 1).jpg" }
        for (number, pixels) in goldenFrames.enumerated() {
            try GoldenPictures.write(pixels, largest: (plan.input.width, plan.input.height), to: file(number))
        }
        if !goldenFrames.isEmpty { return goldenFrames.indices.map(file) }
        let memory = PictureMemory(try desk.store())
        let here = record.pictures.filter { memory.has($0.digest) }
        if here.isEmpty, let before { return try Self.carried(from: before, to: file) }
        return try GoldenPictures.choice(of: here).enumerated().compactMap { number, picture in
            guard let bytes = memory.picture(picture.digest) else { return nil }
            let pixels = try StillPicture.decode([UInt8](bytes), name: picture.name)
            try GoldenPictures.write(pixels, largest: (plan.input.width, plan.input.height), to: file(number))
            return file(number)
        }
    }
}

extension TeachingRound {
    /// The golden pictures of the version before, where this gateway remembers no picture itself.
    private static func carried(from before: TaughtScene, to file: (Int) -> String) throws -> [String] {
        let bundle = before.chain.top
        return try (GoldenSet(of: bundle)?.pictures ?? []).enumerated().map { number, picture in
            try bundle.data(picture.file, maximumBytes: GoldenSet.maximumPictureBytes)
                .write(to: URL(filePath: file(number)))
            return file(number)
        }
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}
