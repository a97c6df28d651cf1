import ModelBundles
import ShrikeCore

extension ModelDesk {
    /// What changed between two versions: files, tensors, classes, thresholds, settings, golden results, parents.
    public func diff(_ old: String, _ new: String) throws(AgentError) -> Answer {
        let (a, b) = (try resolve(old), try resolve(new))
        return try translating {
            let difference = try BundleDifference(from: a, to: b)
            return Answer(text: difference.text, json: difference.json)
        }
    }
}
