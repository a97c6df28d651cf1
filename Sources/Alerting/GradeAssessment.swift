import ShrikeCore

/// A grade with what it rests on, as one detection gives it.
struct GradeAssessment: Hashable, Sendable, Codable {
    static let classDefaultRuleID = "class-default"

    var grade: Grade
    var basis: GradeBasis

    /// Grades a detection by the scene's rules, the first that gives a grade winning, else by its class.
    ///
    /// A rule gives a grade where it is for the class, its quantity is known, the rise and the temperature it asks for are
    /// reached, and the value reaches one of its thresholds. A relative difference over 100 % means that the normal part
    /// was colder than the ambient reference: the inputs are wrong, and rules on it do not apply.
    init(_ detection: Detection, of definition: ClassDefinition, rules: [GradeRule], pictureArea: Double) {
        for rule in rules {
            guard rule.classes.isEmpty || rule.classes.contains(definition.code),
                let value = Self.value(of: rule.quantity, detection, pictureArea: pictureArea), value.isFinite,
                !(rule.quantity == .relativePercent && value > 100)
            else { continue }
            var inputs = [rule.quantity.rawValue: value]
            if let least = rule.requiresDeltaKelvin {
                guard let rise = detection.thermal?.deltaKelvin, rise >= least else { continue }
                inputs[GradeRule.Quantity.deltaKelvin.rawValue] = rise
            }
            if let least = rule.requiresHotCelsius {
                guard let hot = detection.thermal?.hotCelsius, hot >= least else { continue }
                inputs[GradeRule.Quantity.hotCelsius.rawValue] = hot
            }
            guard let reached = Grade.allCases.filter({ rule.atLeast[$0.rawValue].map { value >= $0 } ?? false }).max()
            else { continue }
            grade = reached
            basis = GradeBasis(ruleID: rule.id, standard: rule.standard, edition: rule.edition, inputs: inputs)
            return
        }
        grade = definition.grade
        basis = GradeBasis(
            ruleID: Self.classDefaultRuleID, standard: "", edition: "",
            inputs: [GradeRule.Quantity.score.rawValue: detection.score])
    }

    private static func value(
        of quantity: GradeRule.Quantity, _ detection: Detection, pictureArea: Double
    ) -> Double? {
        switch quantity {
        case .score: detection.score
        case .hotCelsius: detection.thermal?.hotCelsius
        case .deltaKelvin: detection.thermal?.deltaKelvin
        case .relativePercent: detection.thermal?.relativePercent
        case .contrastSigma: detection.thermal?.contrastSigma
        case .areaFraction: pictureArea > 0 ? detection.box.area / pictureArea : nil
        }
    }
}
