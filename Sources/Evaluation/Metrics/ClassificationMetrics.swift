public import ShrikeCore

/// How well one class a picture agrees with labels.
public struct ClassificationMetrics: Hashable, Sendable {
    /// Sorted; rows and columns of ``confusion``.
    public let classes: [String]
    /// By right class, then by found class.
    public let confusion: [[Int]]

    /// - Parameter answers: right and found class of every picture; nothing to report is a class of its own.
    public init(_ answers: [(expected: String, found: String)]) {
        let names = Set(answers.flatMap { [$0.expected, $0.found] }).sorted()
        let positions = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        var counts = [[Int]](repeating: [Int](repeating: 0, count: names.count), count: names.count)
        for answer in answers {
            guard let row = positions[answer.expected], let column = positions[answer.found] else { continue }
            counts[row][column] += 1
        }
        (classes, confusion) = (names, counts)
    }

    public var count: Int { confusion.reduce(0) { $0 + $1.reduce(0, +) } }

    /// Share of pictures with the right class; nil without pictures.
    public var accuracy: Double? {
        count > 0 ? Double(classes.indices.reduce(0) { $0 + confusion[$1][$1] }) / Double(count) : nil
    }

    /// Pictures of the class.
    public func support(_ position: Int) -> Int { confusion[position].reduce(0, +) }

    public func recall(_ position: Int) -> Double? {
        let all = support(position)
        return all > 0 ? Double(confusion[position][position]) / Double(all) : nil
    }

    public func precision(_ position: Int) -> Double? {
        let all = confusion.reduce(0) { $0 + $1[position] }
        return all > 0 ? Double(confusion[position][position]) / Double(all) : nil
    }

    public func f1(_ position: Int) -> Double {
        let all = support(position) + confusion.reduce(0) { $0 + $1[position] }
        return all > 0 ? 2 * Double(confusion[position][position]) / Double(all) : 0
    }

    /// Mean F1 of the classes that have pictures.
    public var macroF1: Double? { mean { self.support($0) > 0 ? self.f1($0) : nil } }

    /// Mean recall of the classes that have pictures.
    public var balancedAccuracy: Double? { mean { self.recall($0) } }

    private func mean(_ value: (Int) -> Double?) -> Double? {
        let values = classes.indices.compactMap(value)
        return values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
    }

    public var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0, decimals: 6) } ?? .null }
        return .object([
            "pictures": .integer(Int64(count)), "accuracy": number(accuracy), "macro_f1": number(macroF1),
            "balanced_accuracy": number(balancedAccuracy),
            "classes": .object(
                Dictionary(
                    uniqueKeysWithValues: classes.indices.map { position in
                        (
                            classes[position],
                            .object([
                                "pictures": .integer(Int64(support(position))), "recall": number(recall(position)),
                                "precision": number(precision(position)), "f1": .number(f1(position), decimals: 6),
                            ])
                        )
                    })),
            "confusion": .array(confusion.map { .array($0.map { .integer(Int64($0)) }) }),
        ])
    }
}
