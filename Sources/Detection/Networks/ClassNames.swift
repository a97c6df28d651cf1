/// Class names that exporters write in a network's metadata: a Python dictionary or list, e.g. `{0: 'person', 1:
/// "car"}`.
struct ClassNames {
    /// By number of the class; empty where the text is something else.
    var names: [String]

    private static let maximumNames = 10_000

    init(_ text: String) {
        var found: [String] = []
        var quote: Character?
        var name = ""
        var isEscaped = false
        for character in text.prefix(1_000_000) where found.count < Self.maximumNames {
            if let open = quote {
                if isEscaped {
                    name.append(character)
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == open {
                    found.append(name)
                    (quote, name) = (nil, "")
                } else {
                    name.append(character)
                }
            } else if character == "'" || character == "\"" {
                quote = character
            }
        }
        // A dictionary with text keys would have each key taken for a name; no tool writes one.
        names = quote == nil ? found : []
    }
}
