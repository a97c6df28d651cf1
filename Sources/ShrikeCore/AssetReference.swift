/// The part of the plant a defect most likely belongs to: a tower, a span, a panel.
public struct AssetReference: Hashable, Sendable, Codable {
    /// As the operator's asset list has it.
    public var id: String
    public var name: String?
    /// The list's own word, e.g. `tower`, `span`, `panel`.
    public var kind: String?
    /// 0 to 1: how much of the place's error lies nearest to this asset and within its reach.
    public var probability: Double
    /// From the place to the asset's outline, 0 inside of it.
    public var distanceMeters: Double

    public init(id: String, name: String? = nil, kind: String? = nil, probability: Double, distanceMeters: Double) {
        (self.id, self.name, self.kind) = (id, name, kind)
        (self.probability, self.distanceMeters) = (probability, distanceMeters)
    }
}
