internal import Foundation
internal import Kernels

/// Runs the samples of a step on several threads; gradients are summed in the order of the samples, so that the sum does not
/// depend on which thread was faster.
final class BoxHeadBatch: @unchecked Sendable {
    // Sendable: a pass, and a sample's gradient and loss, are touched by one thread at a time; `run` waits for all.
    private let passes: [BoxHeadPass]
    private let gradients: [UnsafeMutablePointer<Float>]
    private let losses: UnsafeMutablePointer<Double>
    private let count: Int

    init(_ shape: BoxHeadShape, batch: Int, threads: Int) {
        passes = (0..<min(threads, batch)).map { _ in BoxHeadPass(shape) }
        let count = passes[0].layout.count
        self.count = count
        gradients = (0..<batch).map { _ in
            let room = UnsafeMutablePointer<Float>.allocate(capacity: count)
            room.initialize(repeating: 0, count: count)
            return room
        }
        losses = .allocate(capacity: batch)
        losses.initialize(repeating: 0, count: batch)
    }

    deinit {
        for room in gradients { room.deallocate() }
        losses.deallocate()
    }

    /// - Precondition: there are no more samples than the batch has room for.
    func run(
        _ samples: [(sample: BoxSample, assignment: BoxAssignment)], gains: [[(mean: [Float], gain: [Float])]],
        parameters: [Float]
    ) -> (loss: Double, gradient: [Float]) {
        let positives = Float(max(1, samples.reduce(0) { $0 + $1.assignment.positives }))
        DispatchQueue.concurrentPerform(iterations: passes.count) { thread in
            parameters.withUnsafeBufferPointer { values in
                guard let base = values.baseAddress else { return }
                for number in stride(from: thread, to: samples.count, by: self.passes.count) {
                    self.losses[number] = self.run(
                        samples[number], gains[number], pass: self.passes[thread], parameters: base,
                        positives: positives, into: self.gradients[number])
                }
            }
        }
        var sum = [Float](repeating: 0, count: count)
        sum.withUnsafeMutableBufferPointer { total in
            guard let base = total.baseAddress else { return }
            for number in samples.indices { HeadTraining.add(gradients[number], count: count, to: base) }
        }
        return (samples.indices.reduce(0) { $0 + losses[$1] }, sum)
    }

    private func run(
        _ entry: (sample: BoxSample, assignment: BoxAssignment), _ gains: [(mean: [Float], gain: [Float])],
        pass: BoxHeadPass, parameters: UnsafePointer<Float>, positives: Float,
        into gradient: UnsafeMutablePointer<Float>
    ) -> Double {
        gradient.update(repeating: 0, count: count)
        pass.forward(entry.sample.maps, parameters: parameters, gains: gains)
        var loss = 0.0
        for level in pass.shape.levels.indices {
            loss += pass.judge(
                level, truths: entry.sample.truths, assigned: entry.assignment.boxes[level], positives: positives,
                parameters: parameters, gradient: gradient)
        }
        pass.backward(parameters: parameters, gradient: gradient)
        return loss
    }
}
