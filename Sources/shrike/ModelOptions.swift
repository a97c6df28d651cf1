import Agent
import ArgumentParser
import ShrikeCore

/// Options of commands that read and write the model store.
struct ModelOptions: ParsableArguments {
    @OptionGroup var access: ModelAccessOptions

    @Flag(help: "Print one JSON document instead of text.")
    var json = false

    var settings: ModelDesk.Options { access.settings }

    /// - Throws: `ExitCode` 1 where the answer is a refusal.
    func show(_ answer: ModelDesk.Answer) throws {
        Console.out(json ? answer.json.canonicalText : answer.text)
        if !answer.isGood { throw ExitCode(1) }
    }
}
