import ShrikeCore

/// Why a defect has its grade, and which models found it.
struct ReasonCell {
    var alert: Alert

    var html: String {
        var lines: [String] = []
        if !alert.basis.ruleID.isEmpty {
            lines.append("<b>\(Self.rule(alert.basis))</b>")
            let standard = Self.standard(alert.basis)
            if !standard.isEmpty { lines.append(standard) }
            let inputs = alert.basis.inputs.sorted { $0.key < $1.key }.filter { $0.value.isFinite }
            lines += inputs.map { "<small>\(HTML.escaped($0.key)) = \(HTML.fixed($0.value, 2))</small>" }
        }
        let models = [alert.lineage.scene] + alert.lineage.parents
        lines.append(
            "<small>\(models.map { HTML.escaped("\($0.name) \($0.version)") }.joined(separator: " ← "))</small>")
        return lines.map { "<div>\($0)</div>" }.joined()
    }

    /// The rule's name; the grade that a class has by itself in words.
    static func rule(_ basis: GradeBasis) -> String {
        basis.ruleID == "class-default" ? HTML.both("class default", "类别默认等级") : HTML.escaped(basis.ruleID)
    }

    /// Standard and edition as far as they are known.
    static func standard(_ basis: GradeBasis) -> String {
        [basis.standard, basis.edition].filter { !$0.isEmpty }.map(HTML.escaped).joined(separator: " ")
    }
}
