internal import CKernels

/// A 1x1 convolution: a matrix applied at every cell.
public struct PointwiseConvolution: Sendable {
    public let inputs: Int
    public let outputs: Int
    /// `outputs` rows of `inputs`.
    public let weights: [Float]
    public let bias: [Float]

    /// - Precondition: the sizes fit each other.
    public init(inputs: Int, outputs: Int, weights: [Float], bias: [Float]) {
        precondition(
            inputs > 0 && outputs > 0 && weights.count == inputs * outputs && bias.count == outputs, "1x1 weights")
        (self.inputs, self.outputs, self.weights, self.bias) = (inputs, outputs, weights, bias)
    }

    /// - Parameter rectifies: negative results become 0.
    public func apply(_ map: FeatureMap, rectifies: Bool = false, into out: inout [Float]) {
        precondition(map.channels == inputs, "channels of a 1x1 convolution")
        FeatureStatistics.resize(&out, outputs * map.cells)
        cf_pointwise(map.base, inputs, map.cells, weights, bias, outputs, rectifies, &out)
    }
}

/// A 3x3 convolution of each channel by itself, zeros around.
public struct DepthwiseConvolution: Sendable {
    public let channels: Int
    /// Nine a channel, by rows.
    public let weights: [Float]
    public let bias: [Float]

    /// - Precondition: the sizes fit each other.
    public init(channels: Int, weights: [Float], bias: [Float]) {
        precondition(channels > 0 && weights.count == 9 * channels && bias.count == channels, "3x3 weights")
        (self.channels, self.weights, self.bias) = (channels, weights, bias)
    }

    /// - Parameter rectifies: negative results become 0.
    public func apply(_ map: FeatureMap, rectifies: Bool = false, into out: inout [Float]) {
        precondition(map.channels == channels, "channels of a 3x3 convolution")
        FeatureStatistics.resize(&out, channels * map.cells)
        cf_depthwise3(map.base, channels, map.rows, map.columns, weights, bias, rectifies, &out)
    }
}

/// Adds a coarser map, each value taken from its nearest cell.
public enum FeatureUpsampling {
    /// - Precondition: `values` holds `coarse.channels` planes of `rows` x `columns`.
    public static func add(_ coarse: FeatureMap, to values: inout [Float], rows: Int, columns: Int) {
        precondition(values.count == coarse.channels * rows * columns, "planes to add to")
        cf_add_upsampled(coarse.base, coarse.channels, coarse.rows, coarse.columns, &values, rows, columns)
    }

    /// Negative values become 0.
    public static func rectify(_ values: inout [Float]) { cf_relu(&values, values.count) }
}
