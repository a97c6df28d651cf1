import Foundation
import TestKit
import Testing

@testable import SceneTraining

@Suite struct BoxHeadTrainerTests {
    private let shape = BoxHeadShape(
        levels: [
            .init(tap: "fine", channels: 5, rows: 6, columns: 7),
            .init(tap: "coarse", channels: 3, rows: 3, columns: 4),
        ],
        width: 6, classes: 2, inputWidth: 112, inputHeight: 96)

    private func sample(_ seed: UInt64, truths: [BoxSample.Truth]) -> BoxSample {
        var random = SeededRandom(seed: seed)
        return BoxSample(
            maps: shape.levels.map { level in (0..<level.channels * level.cells).map { _ in Float(random.normal(1)) } },
            truths: truths)
    }

    private let truths = [
        BoxSample.Truth(classIndex: 0, left: 10, top: 12, right: 50, bottom: 60),
        BoxSample.Truth(classIndex: 1, left: 60, top: 20, right: 110, bottom: 90),
    ]

    /// The gradient is that of the loss: against differences, parameter by parameter.
    @Test func gradientIsThatOfTheLoss() {
        let sample = sample(3, truths: truths)
        let assignment = BoxAssignment(truths, shape: shape)
        let gains = shape.levels.map {
            (mean: [Float](repeating: 0.1, count: $0.channels), gain: [Float](repeating: 0.9, count: $0.channels))
        }
        var random = SeededRandom(seed: 8)
        let layout = BoxHeadLayout(shape)
        var parameters = (0..<layout.count).map { _ in Float(random.normal(0.3)) }
        let batch = BoxHeadBatch(shape, batch: 1, threads: 1)
        let exact = batch.run([(sample, assignment)], gains: [gains], parameters: parameters).gradient
        // The weights of negatives and the targets of positives are taken as given by the gradient, so only what moves boxes can be
        // compared with differences of the loss: everything behind the box outputs, and the priors.
        let step: Float = 2e-3
        for index in Array(layout.boxWeight) + Array(layout.boxBias) + Array(layout.prior) {
            let value = parameters[index]
            func loss(_ change: Float) -> Double {
                parameters[index] = value + change
                defer { parameters[index] = value }
                return boxLoss(sample, assignment, gains, parameters)
            }
            let difference = (loss(step) - loss(-step)) / (2 * Double(step))
            #expect(abs(difference - Double(exact[index])) < 0.02 * max(0.2, abs(difference)), "\(index)")
        }
    }

    /// The loss of the boxes alone.
    private func boxLoss(
        _ sample: BoxSample, _ assignment: BoxAssignment, _ gains: [(mean: [Float], gain: [Float])], _ values: [Float]
    ) -> Double {
        let pass = BoxHeadPass(shape)
        pass.forward(sample.maps, parameters: values, gains: gains)
        var loss = 0.0
        for level in shape.levels.indices {
            let outputs = pass.outputs(level)
            let (cells, columns) = (shape.levels[level].cells, shape.levels[level].columns)
            let stride = shape.stride(level)
            for cell in 0..<cells where assignment.boxes[level][cell] >= 0 {
                let truth = sample.truths[Int(assignment.boxes[level][cell])]
                let x = (Float(cell % columns) + 0.5) * stride.x
                let y = (Float(cell / columns) + 0.5) * stride.y
                let prior = pass.layout.prior.lowerBound + 2 * level
                func side(_ k: Int) -> Float {
                    let value = outputs.sides[k * cells + cell] + values[prior + k % 2]
                    return (k % 2 == 0 ? stride.x : stride.y) * exp(max(-6, min(6, value)))
                }
                let overlap = BoxOverlap(
                    (side(0), side(1), side(2), side(3)),
                    right: (x - truth.left, y - truth.top, truth.right - x, truth.bottom - y))
                loss += Double(2 * (1 - overlap.giou)) / Double(assignment.positives)
            }
        }
        return loss
    }

    /// Of a loss that is linear in the outputs the whole network's gradient can be compared with differences.
    @Test func networkIsFollowedBackwards() {
        let sample = sample(5, truths: [])
        let gains = shape.levels.map {
            (mean: [Float](repeating: 0, count: $0.channels), gain: [Float](repeating: 1, count: $0.channels))
        }
        var random = SeededRandom(seed: 9)
        let pass = BoxHeadPass(shape)
        var parameters = (0..<pass.layout.count).map { _ in Float(random.normal(0.4)) }
        let directions = shape.levels.map { level in
            (
                logits: (0..<shape.classes * level.cells).map { _ in Float(random.normal(1)) },
                sides: (0..<4 * level.cells).map { _ in Float(random.normal(1)) }
            )
        }
        func value() -> Double {
            pass.forward(sample.maps, parameters: parameters, gains: gains)
            return shape.levels.indices.reduce(0) { sum, level in
                let outputs = pass.outputs(level)
                let logits = zip(outputs.logits, directions[level].logits).reduce(0) { $0 + Double($1.0 * $1.1) }
                return sum + logits
                    + zip(outputs.sides, directions[level].sides).reduce(0) { $0 + Double($1.0 * $1.1) }
            }
        }
        _ = value()
        var gradient = [Float](repeating: 0, count: parameters.count)
        for level in shape.levels.indices {
            pass.setGradients(level, logits: directions[level].logits, sides: directions[level].sides)
        }
        pass.backward(parameters: parameters, gradient: &gradient)
        func isRight(_ index: Int) -> Bool {
            let (old, step) = (parameters[index], Float(5e-4))
            parameters[index] = old + step
            let up = value()
            parameters[index] = old - step
            let down = value()
            parameters[index] = old
            let difference = (up - down) / (2 * Double(step))
            return abs(difference - Double(gradient[index])) < 0.05 * max(1, abs(difference))
        }
        let layout = pass.layout
        let towers = (layout.levels.map(\.tower) + [layout.tower]).flatMap {
            [$0.depthwiseWeight, $0.depthwiseBias, $0.pointwiseWeight, $0.pointwiseBias]
        }
        let laterals = layout.levels.flatMap { [$0.lateralWeight, $0.lateralBias] }
        for range in towers + laterals + [layout.classWeight, layout.classBias, layout.boxWeight, layout.boxBias] {
            // A step may cross the corner of a rectifier: then the difference is not the slope.
            let wrong = range.count { !isRight($0) }
            #expect(wrong * 2 <= range.count, "\(wrong) of \(range)")
        }
    }

    @Test func sameBitsWhateverTheThreads() throws {
        let samples = (0..<6).map { sample($0, truths: truths) }
        func train(_ threads: Int) throws -> BoxHead {
            var trainer = BoxHeadTrainer(shape, pictures: 6, seed: 4, threads: threads)
            trainer.steps = 12
            return try trainer.train(samples)
        }
        let one = try train(1)
        #expect(try train(3) == one)
        #expect(try train(1) == one)
    }

    /// A box is where one channel is high: that can be learned, and the loss falls.
    @Test func learnsWhereBoxesAre() throws {
        var random = SeededRandom(seed: 2)
        let samples = (0..<12).map { number in
            var made = sample(UInt64(100 + number), truths: [])
            let (row, column) = (Int(random.uniform(1, 5)), Int(random.uniform(1, 6)))
            made.maps[0][row * 7 + column] += 8
            let (x, y) = ((Float(column) + 0.5) * 16, (Float(row) + 0.5) * 16)
            made.truths = [.init(classIndex: number % 2, left: x - 20, top: y - 16, right: x + 20, bottom: y + 16)]
            return made
        }
        var shape = shape
        shape.width = 16
        var trainer = BoxHeadTrainer(shape, pictures: 12, seed: 1, threads: 2)
        trainer.steps = 300
        var losses: [Double] = []
        _ = try trainer.train(samples) { _, loss in
            losses.append(loss)
            return true
        }
        let (begin, end) = (losses.prefix(10).reduce(0, +) / 10, losses.suffix(10).reduce(0, +) / 10)
        #expect(end < 0.5 * begin, "\(begin) to \(end)")
    }

    @Test func boxesGoToTheLevelOfTheirSize() {
        let small = BoxAssignment([.init(classIndex: 0, left: 30, top: 30, right: 34, bottom: 33)], shape: shape)
        #expect(
            small.positives == 1 && small.boxes[1].allSatisfy { $0 < 0 }, "a box between centers has its nearest cell")
        let large = BoxAssignment([.init(classIndex: 0, left: -10, top: -8, right: 122, bottom: 104)], shape: shape)
        #expect(large.boxes[1].contains { $0 >= 0 })
        let nested = BoxAssignment(
            [
                .init(classIndex: 0, left: 20, top: 20, right: 100, bottom: 90),
                .init(classIndex: 1, left: 45, top: 40, right: 75, bottom: 72),
            ], shape: shape)
        let center = 3 * 7 + 3
        #expect(nested.boxes[0][center] == 1, "the smaller box has the cell")
    }

    @Test func noBoxAnywhereIsRefused() {
        #expect(throws: TeachingError.self) {
            try BoxHeadTrainer(shape, pictures: 1, seed: 0, threads: 1).train([sample(1, truths: [])])
        }
    }
}
