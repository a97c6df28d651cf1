internal import Foundation
internal import Kernels

/// Trains a box head on maps of a base that stays as it is.
///
/// An anchor-free head with static assignment; method, hyper-parameters and where they were measured stand on the target's
/// page. The same samples in the same order and the same seed give the same bits, whatever the number of threads.
public struct BoxHeadTrainer: Sendable {
    public var steps: Int
    public var batch = 8
    public var seed: UInt64
    public var threads: Int
    public var rate: Float = 2e-3
    public var decay: Float = 1e-3
    public var clip = 5.0
    public var warmUp = 20
    /// Share of the base's channels that a step does not see.
    public var dropout = 0.1

    /// Steps that go on from a head: enough to learn a new class beside the old ones.
    public static let quickSteps = 250
    private static let leastSteps = 2000
    private static let mostSteps = 4000
    private static let stepsPerPicture = 5
    private static let fewPictures = 100
    /// Share of the rate that is left at the end.
    private static let lastShare: Float = 0.02
    /// Samples that the scale of the maps is taken from.
    private static let scaleSamples = 64
    private static let outputDeviation = 0.01

    private let shape: BoxHeadShape
    private let window: BoxWindow?

    /// Steps grow with the pictures: many pictures in few steps are no better than few.
    public init(_ shape: BoxHeadShape, pictures: Int, seed: UInt64, threads: Int) {
        steps = min(Self.mostSteps, Self.leastSteps + Self.stepsPerPicture * max(0, pictures - Self.fewPictures))
        window = BoxWindow(shape)
        (self.shape, self.seed, self.threads) = (shape, seed, max(1, threads))
    }

    /// - Parameters:
    ///   - samples: views of pictures, all of the shape.
    ///   - start: a head of the same shape to go on from; nil begins anew.
    ///   - progress: steps done and the loss; false ends the training early.
    /// - Throws: ``TeachingError`` where no sample has a box, or training runs away.
    public func train(
        _ samples: [BoxSample], from start: BoxHead? = nil, progress: (Int, Double) -> Bool = { _, _ in true }
    ) throws(TeachingError) -> BoxHead {
        guard samples.contains(where: { !$0.truths.isEmpty }) else {
            throw TeachingError("no picture has a box", at: "boxes", remedy: "mark at least one")
        }
        precondition(
            samples.allSatisfy { sample in
                zip(sample.maps, shape.levels).allSatisfy { $0.count == $1.channels * $1.cells }
                    && sample.truths.allSatisfy { (0..<shape.classes).contains($0.classIndex) }
            }, "samples of the shape")
        var random = SplitMix64(seed: seed)
        precondition(start.map { $0.shape == shape } ?? true, "a head of the shape")
        let scales = start?.scales ?? Self.scales(samples, shape)
        var parameters = start?.parameters ?? Self.initial(shape, samples, &random)
        var moments = (
            first: [Float](repeating: 0, count: parameters.count),
            second: [Float](repeating: 0, count: parameters.count)
        )
        let assignments = samples.map { BoxAssignment($0.truths, shape: shape) }
        let work = BoxHeadBatch(window?.shape ?? shape, batch: batch, threads: threads)
        var queue: [Int] = []
        for step in 1...steps {
            var chosen: [Int] = []
            while chosen.count < min(batch, samples.count) {
                if queue.isEmpty { queue = Self.shuffled(samples.count, &random) }
                chosen.append(queue.removeLast())
            }
            let gains = chosen.map { _ in Self.gains(scales, dropout: dropout, &random) }
            let seen = chosen.map { number in
                window?.cut(samples[number], assignments[number], &random) ?? (samples[number], assignments[number])
            }
            let result = work.run(seen, gains: gains, parameters: parameters)
            guard result.loss.isFinite else {
                throw TeachingError(
                    "training ran away in step \(step)", at: "boxes", remedy: "are the boxes right? look at the labels")
            }
            let norm = HeadTraining.squares(result.gradient).squareRoot()
            HeadTraining.adamW(
                &parameters, gradient: result.gradient, moments: &moments, step: step, rate: rate(step), decay: decay,
                scale: Float(norm > clip ? clip / norm : 1))
            if !progress(step, result.loss) { throw TeachingError("cancelled", at: "boxes", remedy: "start again") }
        }
        return BoxHead(shape: shape, scales: scales, parameters: parameters)
    }

    /// Up in a line, then down along a cosine.
    private func rate(_ step: Int) -> Float {
        if step <= warmUp { return rate * Float(step) / Float(warmUp) }
        let share = Float(step - warmUp) / Float(max(1, steps - warmUp))
        return rate * (Self.lastShare + (1 - Self.lastShare) * (1 + cos(.pi * share)) / 2)
    }

    private static func shuffled(_ count: Int, _ random: inout SplitMix64) -> [Int] {
        var order = Array(0..<count)
        for i in order.indices.reversed() { order.swapAt(i, random.index(below: i + 1)) }
        return order
    }

    private static func scales(_ samples: [BoxSample], _ shape: BoxHeadShape) -> [(mean: [Float], deviation: [Float])] {
        let chosen = Array(
            stride(from: 0, to: samples.count, by: max(1, samples.count / scaleSamples)).prefix(scaleSamples))
        return shape.levels.enumerated().map { number, level in
            var (mean, deviation) = ([Float](), [Float]())
            for channel in 0..<level.channels {
                var (sum, squares) = (0.0, 0.0)
                for index in chosen {
                    for value in samples[index].maps[number][channel * level.cells..<(channel + 1) * level.cells] {
                        sum += Double(value)
                        squares += Double(value) * Double(value)
                    }
                }
                let count = Double(chosen.count * level.cells)
                mean.append(Float(sum / count))
                deviation.append(Float(max(0, squares / count - sum / count * (sum / count)).squareRoot()) + 1e-3)
            }
            return (mean, deviation)
        }
    }

    private static func gains(
        _ scales: [(mean: [Float], deviation: [Float])], dropout: Double, _ random: inout SplitMix64
    ) -> [(mean: [Float], gain: [Float])] {
        scales.map { scale in
            (
                scale.mean,
                scale.deviation.map { random.unit() < dropout ? 0 : 1 / ($0 * Float(1 - dropout)) }
            )
        }
    }

    private static func initial(
        _ shape: BoxHeadShape, _ samples: [BoxSample], _ random: inout SplitMix64
    ) -> [Float] {
        let layout = BoxHeadLayout(shape)
        var values = [Float](repeating: 0, count: layout.count)
        func uniform(_ ranges: [Range<Int>], inputs: Int) {
            let bound = 1 / Double(inputs).squareRoot()
            for range in ranges { for i in range { values[i] = Float(random.uniform(-bound...bound)) } }
        }
        for (number, level) in layout.levels.enumerated() {
            uniform([level.lateralWeight, level.lateralBias], inputs: shape.levels[number].channels)
        }
        for tower in layout.levels.map(\.tower) + [layout.tower] {
            uniform([tower.depthwiseWeight, tower.depthwiseBias], inputs: 9)
            uniform([tower.pointwiseWeight, tower.pointwiseBias], inputs: shape.width)
        }
        for range in [layout.classWeight, layout.boxWeight] {
            for i in range { values[i] = Float(outputDeviation * random.normal()) }
        }
        for i in layout.classBias { values[i] = BoxHead.firstClassBias }
        let truths = samples.flatMap(\.truths)
        func usual(_ side: (BoxSample.Truth) -> Float) -> Float {
            truths.reduce(0) { $0 + log(max(1, side($1) / 2)) } / Float(truths.count)
        }
        let (width, height) = (usual(\.width), usual(\.height))
        for number in shape.levels.indices {
            let stride = shape.stride(number)
            values[layout.prior.lowerBound + 2 * number] = width - log(stride.x)
            values[layout.prior.lowerBound + 2 * number + 1] = height - log(stride.y)
        }
        return values
    }
}
