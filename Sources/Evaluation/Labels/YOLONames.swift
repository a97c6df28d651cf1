import Foundation

/// The `names` of a `data.yaml`: a list on one line, a list of lines, or a map from numbers. Other keys are not needed.
enum YOLONames {
    static func read(_ file: URL) throws(EvaluationError) -> [String] {
        let lines = try LabelReader.text(file).split(separator: "\n", omittingEmptySubsequences: false)
        guard let start = lines.firstIndex(where: { $0.hasPrefix("names:") }) else {
            throw EvaluationError("no names", at: file.path, remedy: "add names: [first, second]")
        }
        var flow = trimmed(lines[start].dropFirst(6))
        if flow.hasPrefix("[") || flow.hasPrefix("{") {
            let end: Character = flow.hasPrefix("[") ? "]" : "}"
            var next = start + 1
            while !flow.contains(end), next < lines.count {
                flow += trimmed(lines[next])
                next += 1
            }
            guard let close = flow.lastIndex(of: end) else { throw notUnderstood(file, start) }
            let entries = flow[flow.index(after: flow.startIndex)..<close].split(separator: ",").map(trimmed)
            return try names(entries, isMap: end == "}", file, start)
        }
        guard flow.isEmpty else { throw notUnderstood(file, start) }
        let entries = lines[(start + 1)...].prefix { line in
            line.allSatisfy(\.isWhitespace) || line.first == " " || line.first == "\t" || line.hasPrefix("- ")
        }.map(trimmed).filter { !$0.isEmpty }
        let isList = entries.first?.hasPrefix("-") ?? false
        return try names(isList ? entries.map { trimmed($0.dropFirst(1)) } : entries, isMap: !isList, file, start)
    }

    private static func names(
        _ entries: [String], isMap: Bool, _ file: URL, _ start: Int
    ) throws(EvaluationError) -> [String] {
        var found: [Int: String] = [:]
        for (i, entry) in entries.enumerated() {
            let parts = entry.split(separator: ":", maxSplits: 1).map(trimmed)
            guard let index = isMap ? parts.first.flatMap({ Int($0) }) : i,
                let name = isMap ? parts.dropFirst().first : entry,
                !name.isEmpty
            else { throw notUnderstood(file, start) }
            found[index] = unquoted(name)
        }
        let sorted = found.sorted { $0.key < $1.key }
        guard !sorted.isEmpty, sorted.enumerated().allSatisfy({ $0.offset == $0.element.key }) else {
            throw notUnderstood(file, start)
        }
        return sorted.map(\.value)
    }

    private static func notUnderstood(_ file: URL, _ line: Int) -> EvaluationError {
        EvaluationError(
            "names are neither a list nor a map from 0", at: "\(file.path) line \(line + 1)",
            remedy: "write names: [first, second]")
    }

    private static func trimmed(_ text: some StringProtocol) -> String {
        let comment = text.range(of: " #").map { text[..<$0.lowerBound] } ?? text[...]
        return comment.trimmingCharacters(in: .whitespaces.union(.newlines))
    }

    private static func unquoted(_ text: String) -> String {
        guard text.count >= 2, let first = text.first, first == text.last, first == "'" || first == "\"" else {
            return text
        }
        return String(text.dropFirst().dropLast())
    }
}
