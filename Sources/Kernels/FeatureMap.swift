/// Feature maps of one network output, lent: `channels` planes of rows x columns values, tightly packed.
public struct FeatureMap {
    public let values: UnsafeBufferPointer<Float>
    public let channels: Int
    public let rows: Int
    public let columns: Int

    /// Cells of a plane.
    public var cells: Int { rows * columns }

    /// - Precondition: no size is 0, and `values` holds all planes.
    public init(_ values: UnsafeBufferPointer<Float>, channels: Int, rows: Int, columns: Int) {
        precondition(
            channels > 0 && rows > 0 && columns > 0 && values.count >= channels * rows * columns, "feature map")
        (self.values, self.channels, self.rows, self.columns) = (values, channels, rows, columns)
    }

    var base: UnsafePointer<Float> { values.baseAddress! }
}
