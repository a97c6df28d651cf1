import Foundation

/// Standard output for answers, standard error for everything else.
enum Console {
    static func out(_ text: String) { write(text + "\n", to: .standardOutput) }

    static func error(_ text: String) { write(text + "\n", to: .standardError) }

    static func status(_ text: String) { write(text, to: .standardError) }

    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Color only where a person looks and did not ask for none (https://no-color.org).
    static var usesColor: Bool {
        outputIsTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    private static func write(_ text: String, to file: FileHandle) {
        // A reader that went away (`shrike ... | head`) is the reader's choice.
        try? file.write(contentsOf: Data(text.utf8))
    }
}
