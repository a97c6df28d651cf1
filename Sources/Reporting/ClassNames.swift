import ShrikeCore

/// Display names of classes, from the scenes.
struct ClassNames {
    private var definitions: [String: ClassDefinition] = [:]

    init(_ scenes: [SceneDefinition]) {
        for scene in scenes {
            for definition in scene.classes where definitions[definition.code] == nil {
                definitions[definition.code] = definition
            }
        }
    }

    /// Both languages, as HTML.
    func html(_ code: String) -> String {
        guard let definition = definitions[code] else { return HTML.escaped(code) }
        let (en, zh) = (definition.name(language: "en"), definition.name(language: "zh"))
        return en == zh ? HTML.escaped(en) : HTML.both(HTML.escaped(en), HTML.escaped(zh))
    }

    func threshold(_ code: String) -> Double? { definitions[code]?.threshold }
}
