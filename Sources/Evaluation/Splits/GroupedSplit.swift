internal import Integrity

/// Pictures in two parts, whole groups on one side.
///
/// Which group goes where depends only on the seed and the names: the same split comes out on every machine.
public struct GroupedSplit: Hashable, Sendable {
    /// Positions, ascending.
    public let train: [Int]
    public let test: [Int]

    /// - Parameters:
    ///   - groups: name of the group of each picture.
    ///   - share: of pictures that go to the test part at least, as far as groups allow; 0 to 1.
    public init(groups: [String], share: Double, seed: Int) {
        let members = Dictionary(grouping: groups.indices, by: { groups[$0] })
        let order = members.keys.map { (SHA256Digest(ofUTF8: "\(seed)/\($0)").description, $0) }.sorted { $0 < $1 }
        let wanted = Int((share * Double(groups.count)).rounded(.up))
        var test: Set<Int> = []
        for (_, name) in order {
            let next = members[name] ?? []
            // A group that would be too much is left out; a later, smaller one may fit.
            if test.count < wanted, test.count + next.count <= wanted + max(1, wanted / 4) { test.formUnion(next) }
        }
        self.test = test.sorted()
        train = groups.indices.filter { !test.contains($0) }
    }
}
