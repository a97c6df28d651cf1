public import ShrikeCore

/// What versions of a scene lost or gained on what earlier ones knew.
///
/// Method: forgetting (A. Chaudhry et al., ECCV 2018) and backward transfer (D. Lopez-Paz and M. Ranzato, NeurIPS 2017), with
/// a figure of each class, such as its AP50 or F1, in place of a task's accuracy.
public struct ForgettingMetrics: Hashable, Sendable {
    /// Of each class that an earlier version knew: its best earlier figure less the last one.
    public let forgetting: [String: Double]
    /// Of each class that an earlier version knew: the last figure less the one of the version that first knew it.
    public let transfer: [String: Double]

    /// - Parameter versions: oldest first: figures by class, of the classes that version knows.
    public init(_ versions: [[String: Double]]) {
        var (forgetting, transfer): ([String: Double], [String: Double]) = ([:], [:])
        for (name, last) in versions.last ?? [:] {
            let earlier = versions.dropLast().compactMap { $0[name] }
            guard let first = earlier.first, let best = earlier.max() else { continue }
            forgetting[name] = best - last
            transfer[name] = last - first
        }
        // A class that is gone is forgotten whole.
        for name in Set(versions.dropLast().flatMap(\.keys)).subtracting((versions.last ?? [:]).keys) {
            let earlier = versions.dropLast().compactMap { $0[name] }
            forgetting[name] = earlier.max()
            transfer[name] = earlier.first.map { -$0 }
        }
        (self.forgetting, self.transfer) = (forgetting, transfer)
    }

    /// Means over the classes; nil where no version came before.
    public var meanForgetting: Double? { DetectionMetrics.mean(Array(forgetting.values)) }
    public var backwardTransfer: Double? { DetectionMetrics.mean(Array(transfer.values)) }

    public var json: JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0, decimals: 6) } ?? .null }
        return .object([
            "forgetting": number(meanForgetting), "backward_transfer": number(backwardTransfer),
            "classes": .object(
                Dictionary(
                    uniqueKeysWithValues: forgetting.map { name, lost in
                        (name, .object(["forgetting": number(lost), "backward_transfer": number(transfer[name])]))
                    })),
        ])
    }
}
