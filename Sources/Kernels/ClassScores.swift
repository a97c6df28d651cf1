internal import CKernels

/// The best class of every candidate of a detector, written into buffers that are used again from frame to frame.
///
/// Equal scores give the lower class.
public struct ClassScores: Sendable {
    /// Score of the best class of each candidate.
    public private(set) var best: [Float] = []
    /// Number of that class.
    public private(set) var index: [Int32] = []

    public init() {}

    /// Reads a `candidates` x `stride` matrix whose rows hold `classes` scores from `offset` on.
    ///
    /// - Precondition: `values` holds the whole matrix.
    public mutating func readRows(
        _ values: UnsafeBufferPointer<Float>, candidates: Int, stride: Int, offset: Int, classes: Int
    ) {
        precondition(offset >= 0 && classes > 0 && offset + classes <= stride && values.count >= candidates * stride)
        resize(candidates)
        guard candidates > 0, let start = values.baseAddress else { return }
        ck_best_in_rows(start + offset, candidates, stride, classes, &best, &index)
    }

    /// Reads `classes` rows of `candidates` scores each, from `offset` on.
    ///
    /// - Precondition: `values` holds all rows.
    public mutating func readColumns(
        _ values: UnsafeBufferPointer<Float>, candidates: Int, offset: Int, classes: Int
    ) {
        precondition(offset >= 0 && classes > 0 && values.count >= offset + candidates * classes)
        resize(candidates)
        guard candidates > 0, let start = values.baseAddress else { return }
        ck_best_in_columns(start + offset, candidates, classes, &best, &index)
    }

    private mutating func resize(_ count: Int) {
        guard best.count != count else { return }
        best = [Float](repeating: 0, count: count)
        index = [Int32](repeating: 0, count: count)
    }
}
