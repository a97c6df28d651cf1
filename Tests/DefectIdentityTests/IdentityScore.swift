/// Precision and recall over pairs of sightings: a pair is right where both are the same physical defect.
struct IdentityScore {
    var right = 0
    var wrong = 0
    var missed = 0

    var precision: Double { right + wrong == 0 ? 1 : Double(right) / Double(right + wrong) }
    var recall: Double { right + missed == 0 ? 1 : Double(right) / Double(right + missed) }

    /// - Parameters:
    ///   - ids: identity given, by sighting.
    ///   - truth: identity in truth; false alarms have none, and every pair with one is wrong.
    init(ids: [String: String], truth: [String: Int]) {
        let all = ids.keys.sorted()
        for (i, a) in all.enumerated() {
            for b in all[(i + 1)...] {
                let same = truth[a] != nil && truth[a] == truth[b]
                switch (ids[a] == ids[b], same) {
                case (true, true): right += 1
                case (true, false): wrong += 1
                case (false, true): missed += 1
                case (false, false): break
                }
            }
        }
    }

    init() {}

    static func + (a: IdentityScore, b: IdentityScore) -> IdentityScore {
        var sum = IdentityScore()
        (sum.right, sum.wrong, sum.missed) = (a.right + b.right, a.wrong + b.wrong, a.missed + b.missed)
        return sum
    }
}
