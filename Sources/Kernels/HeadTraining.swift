internal import CKernels

/// Forward and backward steps of a small convolutional head on maps in raw memory; `count` is rows x columns of a plane.
///
/// - Precondition of all: the memory holds what the sizes say.
public enum HeadTraining {
    public typealias Values = UnsafePointer<Float>
    public typealias Room = UnsafeMutablePointer<Float>

    /// out = weights x in + bias, rectified where wanted; `weights` is outputs x inputs.
    public static func pointwise(
        _ input: Values, inputs: Int, count: Int, weights: Values, bias: Values, outputs: Int, rectifies: Bool,
        into out: Room
    ) {
        cf_pointwise(input, inputs, count, weights, bias, outputs, rectifies, out)
    }

    public static func depthwise(
        _ input: Values, channels: Int, rows: Int, columns: Int, weights: Values, bias: Values, rectifies: Bool,
        into out: Room
    ) {
        cf_depthwise3(input, channels, rows, columns, weights, bias, rectifies, out)
    }

    /// Adds the gradients of 1x1 weights and bias.
    public static func pointwiseBack(
        _ gradient: Values, outputs: Int, input: Values, inputs: Int, count: Int, weights: Room, bias: Room
    ) {
        ct_add_products(gradient, outputs, input, inputs, count, weights)
        ct_add_sums(gradient, outputs, count, bias)
    }

    /// Gradient of a 1x1 convolution's input: transposed weights (inputs x outputs) times that of the output.
    public static func pointwiseInput(
        _ gradient: Values, outputs: Int, count: Int, transposed: Values, zeros: Values, inputs: Int, into out: Room
    ) {
        cf_pointwise(gradient, outputs, count, transposed, zeros, inputs, false, out)
    }

    public static func depthwiseBack(
        _ gradient: Values, input: Values, channels: Int, rows: Int, columns: Int, weights: Values,
        weightGradient: Room, biasGradient: Room, into out: Room
    ) {
        ct_depthwise3_back(gradient, input, channels, rows, columns, weights, weightGradient, biasGradient, out)
    }

    public static func rectifyBack(_ output: Values, count: Int, gradient: Room) {
        ct_relu_back(output, count, gradient)
    }

    public static func rectify(_ values: Room, count: Int) { cf_relu(values, count) }

    public static func addUpsampled(
        _ coarse: Values, channels: Int, coarse size: (rows: Int, columns: Int), to fine: Room,
        fine shape: (rows: Int, columns: Int)
    ) {
        cf_add_upsampled(coarse, channels, size.rows, size.columns, fine, shape.rows, shape.columns)
    }

    public static func addDownsampled(
        _ fine: Values, channels: Int, fine shape: (rows: Int, columns: Int), to coarse: Room,
        coarse size: (rows: Int, columns: Int)
    ) {
        ct_add_downsampled(fine, channels, shape.rows, shape.columns, coarse, size.rows, size.columns)
    }

    public static func transpose(_ input: Values, rows: Int, columns: Int, into out: Room) {
        ct_transpose(input, rows, columns, out)
    }

    public static func add(_ input: Values, count: Int, to out: Room) { ct_add(input, count, out) }

    /// (value - mean) * gain of each plane.
    public static func scale(
        _ input: Values, channels: Int, count: Int, mean: Values, gain: Values, into out: Room
    ) {
        ct_scale_planes(input, channels, count, mean, gain, out)
    }

    /// One step of AdamW (Loshchilov, Hutter, ICLR 2019) with the usual (0.9, 0.999).
    ///
    /// - Parameters:
    ///   - moments: first and second moments, kept from step to step.
    ///   - step: from 1.
    ///   - scale: factor of the gradient, e.g. of clipping.
    public static func adamW(
        _ values: inout [Float], gradient: [Float], moments: inout (first: [Float], second: [Float]), step: Int,
        rate: Float, decay: Float, scale: Float
    ) {
        precondition(
            gradient.count == values.count && moments.first.count == values.count
                && moments.second.count == values.count && step > 0, "sizes of a step")
        ct_adamw(&values, gradient, &moments.first, &moments.second, values.count, step, rate, decay, scale)
    }

    public static func squares(_ values: [Float]) -> Double { ct_squares(values, values.count) }
}
