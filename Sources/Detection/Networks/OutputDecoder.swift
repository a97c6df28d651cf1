internal import Inference
internal import Kernels

/// Reads the outputs of one family of networks. A value: what it holds is known from the network alone.
protocol OutputDecoder: Sendable {
    /// Name of the family, as `--decoder` takes it.
    static var name: DecoderName { get }
    var convention: InputConvention { get }
    /// Classes of the network; nil where its outputs do not tell.
    var classCount: Int? { get }
    /// Adds what lies above the floors. Outputs come in the network's order, boxes go out in pixels of its input.
    ///
    /// - Throws: ``DetectionError`` where a run gave other shapes than the network declared.
    func decode(
        _ outputs: [TensorView], scratch: inout ClassScores, into candidates: inout Candidates
    ) throws(DetectionError)
    /// Adjusts to what a run on a gray picture gave, for exports that differ only in their values.
    func adjusted(to outputs: [TensorView]) -> Self
}

extension OutputDecoder {
    func adjusted(to outputs: [TensorView]) -> Self { self }

    /// The output at this position, if it has at least `count` values.
    func output(_ index: Int, of outputs: [TensorView], atLeast count: Int) throws(DetectionError) -> TensorView {
        guard index < outputs.count, outputs[index].values.count >= count else {
            let seen = outputs.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
            throw DetectionError(
                "the network gave other outputs than it declared", at: seen, remedy: "export the network again")
        }
        return outputs[index]
    }
}

/// Families of networks that can be read.
public enum DecoderName: String, Sendable, CaseIterable {
    case yolov5
    case yolov8
    case yolox
    case fastestdet
    case ssd
    case rtdetr
}
