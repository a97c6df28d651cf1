/// Finds the block of a kind in a PEM text (RFC 7468); others, like the `EC PARAMETERS` that openssl writes first, are passed over.
enum PEMBlock {
    /// The first block with one of these labels, markers included; nil where there is none.
    static func first(_ labels: [String], in text: String) -> String? {
        let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingBlanks }
        for (number, line) in lines.enumerated() {
            guard let label = labels.first(where: { line == "-----BEGIN \($0)-----" }),
                let end = lines[number...].firstIndex(of: "-----END \(label)-----")
            else { continue }
            return lines[number...end].joined(separator: "\n")
        }
        return nil
    }
}

extension Substring {
    fileprivate var trimmingBlanks: String {
        var part = drop { $0 == " " || $0 == "\t" }
        while let last = part.last, last == " " || last == "\t" { part.removeLast() }
        return String(part)
    }
}
