/// Buttons above a table: any of the pressed ones of a group, in every group.
struct FilterChips {
    /// A value that rows are chosen by.
    struct Choice {
        var kind: String
        var value: String
        /// HTML.
        var text: String
        /// Without markup, for a list.
        var plain: String
        var count: Int
    }

    /// Choices of each group; a group of one is left out, for it divides nothing, and one of many is a list.
    var groups: [[Choice]]
    var count: Int
    /// Buttons that sort, beside the count.
    var sorting = ""

    var html: String {
        guard count > 1 else { return "" }
        let rows = groups.filter { $0.count > 1 }.map { group in
            "<div>\(group.count > Self.mostButtons ? Self.list(group) : group.map(Self.button).joined())</div>"
        }.joined()
        return """
            <div class="filters">\(rows)<p><output>\(count)</output> \(HTML.both("shown", "项"))\(sorting)</p></div>
            """
    }

    private static let mostButtons = 12

    private static func button(_ choice: Choice) -> String {
        """
        <button type="button" class="chip" data-kind="\(choice.kind)" data-value="\(HTML.escaped(choice.value))" \
        aria-pressed="false">\(choice.text) <i>\(choice.count)</i></button>
        """
    }

    private static func list(_ choices: [Choice]) -> String {
        let options = choices.map {
            "<option value=\"\(HTML.escaped($0.value))\">\(HTML.escaped($0.plain)) (\($0.count))</option>"
        }
        return """
            <select data-kind="\(choices[0].kind)"><option value="">\(choices.count) ▾</option>\(options.joined())</select>
            """
    }

    /// - Parameter text: HTML.
    static func chip(_ kind: String, _ value: String, _ text: String, _ count: Int, plain: String? = nil) -> Choice {
        Choice(kind: kind, value: value, text: text, plain: plain ?? value, count: count)
    }
}
