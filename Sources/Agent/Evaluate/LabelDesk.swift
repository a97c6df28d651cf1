import Evaluation
public import Foundation
import Imaging
public import ShrikeCore

/// `shrike labels`: what a labelled data set holds, in another format, or in two parts.
public struct LabelDesk: Sendable {
    public struct Answer: Sendable {
        public var json: JSONValue
        public var text: String
    }

    /// Pictures done and all.
    public typealias Progress = @Sendable (Int, Int) -> Void

    private let data: String
    private let format: String?

    /// - Parameter format: name of a label format; nil tells by looking.
    public init(data: String, format: String? = nil) { (self.data, self.format) = (data, format) }

    /// Format, classes and counts, and pictures that are nearly the same.
    ///
    /// - Throws: ``AgentError``; a mistake in the labels names file and line.
    public func show(progress: Progress) async throws -> Answer {
        let (pictures, duplicates) = try await looked(progress)
        let found = try translating { try LabelReader.format(of: URL(filePath: data)) }
        let name = format ?? found.rawValue
        var counts: [String: Int] = [:]
        for picture in pictures.dataset.pictures {
            if let name = picture.className { counts[name, default: 0] += 1 }
            for label in picture.labels { counts[label.className, default: 0] += 1 }
        }
        let empty = pictures.isClasses ? 0 : pictures.dataset.pictures.count { $0.labels.isEmpty }
        let repeated = duplicates.reduce(0) { $0 + $1.count - 1 }
        var lines = ["\(name): \(pictures.files.count) pictures, \(pictures.dataset.classes.count) classes"]
        lines += pictures.dataset.classes.map { "  \($0): \(counts[$0] ?? 0)" }
        if empty > 0 { lines.append("  pictures without a label: \(empty)") }
        lines.append(
            duplicates.isEmpty
                ? "no near-duplicates"
                : "\(repeated) pictures show nearly what another one shows, in \(duplicates.count) groups; "
                    + "`shrike labels split` keeps each group on one side")
        for group in duplicates.prefix(5) {
            let names = group.prefix(4).map { pictures.dataset.pictures[$0].fileName }
            lines.append("  " + names.joined(separator: ", ") + (group.count > 4 ? " and \(group.count - 4) more" : ""))
        }
        let json = JSONValue.object([
            "schema": .string("shrike.labels/1"), "format": .string(name),
            "pictures": .integer(Int64(pictures.files.count)), "unlabeled": .integer(Int64(empty)),
            "classes": .object(
                Dictionary(
                    pictures.dataset.classes.map { ($0, .integer(Int64(counts[$0] ?? 0))) },
                    uniquingKeysWith: { a, _ in a })
            ),
            "near_duplicates": .array(
                duplicates.map { group in .array(group.map { .string(pictures.dataset.pictures[$0].fileName) }) }),
        ])
        return Answer(json: json, text: lines.joined(separator: "\n"))
    }

    /// Writes the data set in another format.
    ///
    /// - Parameter folder: must not exist.
    /// - Throws: ``AgentError``.
    public func export(as target: String, to folder: URL, progress: Progress) async throws -> Answer {
        let target = try Self.format(target)
        let (pictures, _) = try await looked(progress, finds: false)
        let all = Array(pictures.files.indices)
        try Self.write(pictures, all, as: target, to: folder)
        return Answer(
            json: .object([
                "schema": .string("shrike.labels/1"), "output": .string(folder.path),
                "pictures": .integer(Int64(all.count)),
            ]), text: "\(all.count) pictures with labels as \(target.rawValue) in \(folder.path)")
    }

    /// Writes the data set in two parts, `train` and `test`, near-duplicates on one side.
    ///
    /// - Parameters:
    ///   - share: of pictures for the test part, 0 to 1.
    ///   - groups: pictures whose names have this part in common stay together too; nil where only looks count.
    ///   - folder: must not exist.
    /// - Throws: ``AgentError``.
    public func split(
        share: Double, seed: Int, groups: Regex<AnyRegexOutput>?, as target: String?, to folder: URL,
        progress: Progress
    ) async throws -> Answer {
        let (pictures, duplicates) = try await looked(progress)
        let target = try target.map(Self.format) ?? (pictures.isClasses ? .folders : .coco)
        let names = Self.groups(pictures, duplicates, groups)
        let split = GroupedSplit(groups: names, share: share, seed: seed)
        guard !split.train.isEmpty, !split.test.isEmpty else {
            throw AgentError(
                "\(Set(names).count) groups of pictures cannot be parted like this", at: data,
                remedy: "choose another share, or groups that are smaller")
        }
        for (name, part) in [("train", split.train), ("test", split.test)] {
            try Self.write(pictures, part, as: target, to: folder.appending(path: name))
        }
        return Answer(
            json: .object([
                "schema": .string("shrike.labels/1"), "output": .string(folder.path),
                "groups": .integer(Int64(Set(names).count)), "train": .integer(Int64(split.train.count)),
                "test": .integer(Int64(split.test.count)),
            ]),
            text: "\(Set(names).count) groups: \(split.train.count) pictures in \(folder.path)/train, "
                + "\(split.test.count) in \(folder.path)/test")
    }

    /// Name of the group of each picture: near-duplicates, and what the pattern finds in names, joined.
    private static func groups(
        _ pictures: LabeledPictures, _ duplicates: [[Int]], _ pattern: Regex<AnyRegexOutput>?
    ) -> [String] {
        var parent = Array(pictures.files.indices)
        func root(_ index: Int) -> Int {
            var i = index
            while parent[i] != i { i = parent[i] }
            return i
        }
        func join(_ members: [Int]) {
            for member in members.dropFirst() {
                let (a, b) = (root(members[0]), root(member))
                parent[max(a, b)] = min(a, b)
            }
        }
        for group in duplicates { join(group) }
        if let pattern {
            let keys = pictures.dataset.pictures.map { picture -> String? in
                guard let match = picture.fileName.firstMatch(of: pattern) else { return nil }
                return match.output.count > 1
                    ? match.output[1].substring.map(String.init) : match.output[0].substring.map(String.init)
            }
            let named = Dictionary(grouping: keys.indices.filter { keys[$0] != nil }, by: { keys[$0] ?? "" })
            for group in named.values { join(group) }
        }
        return parent.indices.map { pictures.dataset.pictures[root($0)].fileName }
    }

    private func looked(_ progress: Progress, finds: Bool = true) async throws -> (LabeledPictures, [[Int]]) {
        OpenCVLibrary.silence()
        var pictures = try LabeledPictures(data, format: format)
        guard !pictures.files.isEmpty else {
            throw AgentError("no labelled picture", at: data, remedy: "label at least one picture")
        }
        var duplicates = NearDuplicates()
        for number in pictures.files.indices {
            let frame = try await pictures.frame(number)
            if finds { try duplicates.add(frame.pixels) }
            progress(number + 1, pictures.files.count)
        }
        let groups = try await BlockingThread(label: "duplicates").run { [duplicates] in duplicates.groups() }
        return (pictures, groups)
    }

    private static func format(_ name: String) throws(AgentError) -> LabelWriter.Format {
        guard let format = LabelWriter.Format(rawValue: name) else {
            throw AgentError(
                "labels cannot be written like this", at: name,
                remedy: "use one of \(LabelWriter.Format.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return format
    }

    private static func write(
        _ pictures: LabeledPictures, _ part: [Int], as format: LabelWriter.Format, to folder: URL
    ) throws(AgentError) {
        let dataset = LabeledDataset(
            classes: pictures.dataset.classes, pictures: part.map { pictures.dataset.pictures[$0] })
        try translating {
            try LabelWriter(dataset).write(format, to: folder, files: part.map { pictures.files[$0] })
        }
    }
}
