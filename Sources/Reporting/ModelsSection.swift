import ShrikeCore

/// By which models: every scene with its lineage and digests.
struct ModelsSection {
    var scenes: [RunReport.SceneUse]

    var html: String {
        guard !scenes.isEmpty else { return "" }
        let rows = scenes.flatMap { scene in
            ([scene.lineage.scene] + scene.lineage.parents).enumerated().map {
                row($0.element, scene, isFirst: $0.offset == 0)
            }
        }
        return """
            <section><h2>\(HTML.both("By which models", "所用模型"))</h2>
            <table><thead><tr><th>\(HTML.both("Scene", "场景"))</th><th>\(HTML.both("Level", "层级"))</th>\
            <th>\(HTML.both("Model", "模型"))</th><th>\(HTML.both("Engine", "推理引擎"))</th>\
            <th>\(HTML.both("Digest", "摘要"))</th></tr></thead>\
            <tbody>\(rows.joined())</tbody></table></section>
            """
    }

    private func row(_ model: ModelIdentity, _ scene: RunReport.SceneUse, isFirst: Bool) -> String {
        let kind =
            scene.definition.kind == .thermal
            ? HTML.both("thermal rules, no network", "热像规则，无网络") : HTML.both("detector network", "检测网络")
        return """
            <tr><td>\(isFirst ? "<strong>\(HTML.escaped(scene.definition.name))</strong><small>\(kind)</small>" : "")</td>\
            <td>\(model.level.rawValue.uppercased())</td><td>\(HTML.escaped(model.name)) \(HTML.escaped(model.version))</td>\
            <td>\(isFirst ? HTML.escaped(scene.engine ?? "–") : "")</td>\
            <td class="hash">\(HTML.escaped(model.digest))</td></tr>
            """
    }
}
