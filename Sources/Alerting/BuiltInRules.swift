import Foundation
public import ShrikeCore

/// Severity rules that come with Shrike, as data: `Rules/severity-rules.json`.
///
/// Every rule says in `source` where its thresholds were read. Those marked "recalled" are to be checked against the bought
/// text of the standard before anyone relies on them.
public enum BuiltInRules {
    private struct RuleSet: Decodable {
        var summary: String
        var rules: [GradeRule]
    }

    /// Names of all sets, sorted.
    public static var names: [String] { sets.keys.sorted() }

    /// The rules of a set in the order in which they are tried; nil where there is no set of that name.
    public static func named(_ name: String) -> [GradeRule]? { sets[name]?.rules }

    /// What a set is for, in one line.
    public static func summary(of name: String) -> String? { sets[name]?.summary }

    private static let sets: [String: RuleSet] = {
        do {
            return try JSONDecoder().decode([String: RuleSet].self, from: Data(PackageResources.severity_rules_json))
        } catch {
            preconditionFailure("severity-rules.json, compiled in, does not decode: \(error)")
        }
    }()
}
