import Agent
import ArgumentParser
import ShrikeCore

struct JournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "journal", abstract: "The record of decisions: check it, or write it out.",
        discussion: """
            Every alert, order, drop and start of a gateway is an entry with the hash of the one before it. The agent may run \
            meanwhile.
            """, subcommands: [Verify.self, Export.self])

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check every entry; exit status 3 where one is not as it was written.")

        @Argument(help: ArgumentHelp("State folder of a gateway, or an exported record.", valueName: "path"))
        var path: String

        @Option(
            help: ArgumentHelp(
                "Hash of the newest entry as you kept it, from the retained position of the gateway.", valueName: "hash"
            ))
        var head: String?

        @Flag(help: "Print one JSON document instead of text.")
        var json = false

        func run() async throws {
            let check = try DecisionRecord.verify(path: path, expectedHead: head)
            Console.out(json ? check.json.canonicalText : check.text)
            if !check.isIntact { throw ExitCode(3) }
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the record to standard output: hash and text of each entry, one a line.")

        @Argument(help: ArgumentHelp("State folder of a gateway.", valueName: "folder"))
        var folder: String

        func run() async throws {
            let check = try DecisionRecord.export(folder: folder) { Console.out($0) }
            Console.error(check.text)
            if !check.isIntact { throw ExitCode(3) }
        }
    }
}
