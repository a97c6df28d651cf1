import Agent
import ArgumentParser
import Foundation
import ShrikeCore

struct LabelsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "labels",
        abstract: "Labelled pictures: what is in them, in another format, in two parts without near-duplicates.",
        subcommands: [Show.self, Export.self, Split.self])

    struct Input: ParsableArguments {
        @Argument(help: ArgumentHelp("Folder or file of labelled pictures.", valueName: "path"))
        var data: String

        @Option(help: "Label format: coco, voc, yolo, labelme, cvat, masks, folders; told apart by looking.")
        var format: String?

        @Flag(help: "Print one JSON document instead of text.")
        var json = false

        func run(
            _ work: @escaping @Sendable (LabelDesk, @escaping LabelDesk.Progress) async throws -> LabelDesk.Answer
        ) async throws {
            let desk = LabelDesk(data: data, format: format)
            let answer = try await Interruption.cancels {
                try await work(desk) { done, all in
                    if Console.errorIsTerminal { Console.status("\r\u{1B}[K\(done) of \(all) pictures") }
                }
            }
            if Console.errorIsTerminal { Console.status("\r\u{1B}[K") }
            Console.out(json ? answer.json.canonicalText : answer.text)
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Format, classes, counts, and pictures that are nearly the same.")

        @OptionGroup var input: Input

        func run() async throws { try await input.run { desk, progress in try await desk.show(progress: progress) } }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write labels in another format, the pictures beside them.")

        @OptionGroup var input: Input

        @Option(help: "coco, yolo, cvat (CVAT for images 1.1), folders (a folder for each class).")
        var to: String

        @Option(help: ArgumentHelp("New folder.", valueName: "dir"))
        var output: String

        func run() async throws {
            let (to, output) = (to, output)
            try await input.run { desk, progress in
                try await desk.export(as: to, to: URL(filePath: output), progress: progress)
            }
        }
    }

    struct Split: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Part a data set into train and test, near-duplicates on one side.",
            discussion: """
                Writes DIR/train and DIR/test. Pictures whose small grey copies agree (correlation above 0.99) stay together; so \
                do those that --group-by finds to be of one flight, part or day. The same seed gives the same parts anywhere.
                """)

        @OptionGroup var input: Input

        @Option(help: ArgumentHelp("New folder.", valueName: "dir"))
        var output: String

        @Option(help: "Share of pictures for the test part, above 0 and below 1.")
        var test = 0.3

        @Option(help: "Another seed gives other parts.")
        var seed = 1

        @Option(
            help: ArgumentHelp(
                "Regular expression on file names; its first group, else all it matches, names what stays together.",
                valueName: "regex"))
        var groupBy: String?

        @Option(help: "Format of the parts: coco, yolo, cvat, folders; default: coco, folders for classes.")
        var to: String?

        func validate() throws {
            if !(test > 0 && test < 1) { throw ValidationError("--test takes a share above 0 and below 1") }
            if let groupBy, (try? Regex(groupBy)) == nil {
                throw ValidationError("--group-by takes a regular expression")
            }
        }

        func run() async throws {
            let (share, seed, pattern, to, output) = (test, seed, groupBy, to, output)
            try await input.run { desk, progress in
                try await desk.split(
                    share: share, seed: seed, groups: try pattern.map { try Regex($0) }, as: to,
                    to: URL(filePath: output), progress: progress)
            }
        }
    }
}
