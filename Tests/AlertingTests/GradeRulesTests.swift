import ShrikeCore
import Testing

@testable import Alerting

@Suite struct GradeRulesTests {
    private let definition = ClassDefinition(code: "joint", grade: .info)

    private func grade(_ set: String, t1: Double? = nil, delta: Double? = nil, relative: Double? = nil) throws -> (
        Grade, String
    ) {
        let rules = try #require(BuiltInRules.named(set))
        let detection = Detection(
            scene: "s", className: "joint", score: 0.9, box: Box(x: 0, y: 0, width: 10, height: 10),
            thermal: ThermalReading(hotCelsius: t1, deltaKelvin: delta, relativePercent: relative, contrastSigma: 8))
        let assessment = GradeAssessment(detection, of: definition, rules: rules, pictureArea: 1000)
        return (assessment.grade, assessment.basis.ruleID)
    }

    @Test(arguments: [
        (60.0, 30.0, 50.0, Grade.general), (60, 30, 34.9, .info), (60, 30, 80, .serious), (60, 38, 97, .serious),
        (95, 60, 97, .critical), (95, 20, 30, .serious), (131, 20, 20, .critical), (60, 9, 90, .info),
        (60, 30, 107, .info), (95, 30, 107, .serious),
    ])
    func aJointIsGradedAsInTheTable(t1: Double, delta: Double, relative: Double, expected: Grade) throws {
        #expect(try grade("dlt-664-2016-joint", t1: t1, delta: delta, relative: relative).0 == expected)
    }

    @Test(arguments: [(3.9, Grade.info), (4, .info), (10, .general), (19.9, .general), (20, .serious), (40, .critical)])
    func aModuleIsGradedByItsRise(delta: Double, expected: Grade) throws {
        let (grade, rule) = try grade("pv-delta-t", delta: delta)
        #expect(grade == expected)
        #expect(rule == (delta < 4 ? "class-default" : "pv-delta-t"))
    }

    @Test func withoutATemperatureScaleTheClassDecides() throws {
        for name in BuiltInRules.names { #expect(try grade(name).1 == "class-default") }
    }

    @Test func theBasisNamesRuleEditionAndInputs() throws {
        let rules = try #require(BuiltInRules.named("dlt-664-2016-conductor"))
        let detection = Detection(
            scene: "s", className: "joint", score: 0.9, box: Box(x: 0, y: 0, width: 10, height: 10),
            thermal: ThermalReading(hotCelsius: 85, deltaKelvin: 50, relativePercent: 96, contrastSigma: 8))
        let basis = GradeAssessment(detection, of: definition, rules: rules, pictureArea: 1000).basis
        #expect(basis.ruleID == "dlt664-2016-conductor-relative-critical")
        #expect(basis.standard == "DL/T 664" && basis.edition == "2016")
        #expect(basis.inputs == ["relativePercent": 96, "deltaKelvin": 50, "hotCelsius": 85])
    }

    @Test func theFirstRuleThatGivesAGradeWins() {
        func rule(_ id: String, _ quantity: GradeRule.Quantity, _ at: [String: Double], classes: [String] = [])
            -> GradeRule
        {
            GradeRule(
                id: id, standard: "", edition: "", clause: "", source: "", classes: classes, quantity: quantity,
                atLeast: at)
        }
        let rules = [
            rule("other", .score, ["critical": 0.1], classes: ["disc"]), rule("high", .score, ["critical": 0.95]),
            rule("area", .areaFraction, ["general": 0.05, "serious": 0.1]), rule("last", .score, ["critical": 0.5]),
        ]
        let detection = Detection(
            scene: "s", className: "joint", score: 0.9, box: Box(x: 0, y: 0, width: 10, height: 10))
        let assessment = GradeAssessment(detection, of: definition, rules: rules, pictureArea: 1000)
        #expect(assessment.grade == .serious && assessment.basis.ruleID == "area")
    }

    @Test func everyBuiltInRuleNamesItsSourceAndKnownGrades() throws {
        #expect(BuiltInRules.names.count == 7)
        #expect(BuiltInRules.named("no-such-set") == nil)
        var ids: Set<String> = []
        for name in BuiltInRules.names {
            #expect(BuiltInRules.summary(of: name)?.isEmpty == false)
            for rule in try #require(BuiltInRules.named(name)) {
                #expect(ids.insert(rule.id).inserted)
                #expect(!rule.source.isEmpty && !rule.standard.isEmpty && !rule.atLeast.isEmpty)
                #expect(rule.atLeast.keys.allSatisfy { Grade(rawValue: $0) != nil })
            }
        }
    }
}
