internal import Foundation
internal import Kernels

/// One picture forwards and backwards through a box head; buffers are made once. On one thread.
///
/// What is computed is what `Detection`'s `BoxesHead` computes, with the scaling of the maps in front.
final class BoxHeadPass {
    typealias Room = UnsafeMutablePointer<Float>

    let shape: BoxHeadShape
    let layout: BoxHeadLayout
    private var levels: [Buffers]
    private let zeros: Room
    private let transposed: Room

    /// Maps of one level on their way, and gradients on their way back.
    private struct Buffers {
        let cells: Int
        let input: Room
        /// Rectified sum of laterals.
        let merged: Room
        let first: Room
        let second: Room
        let third: Room
        let fourth: Room
        let logits: Room
        let sides: Room
        let logitGradient: Room
        let sideGradient: Room
        let gradient: Room
        let spare: Room

        init(_ level: BoxHeadShape.Level, width: Int, classes: Int) {
            cells = level.cells
            let cells = level.cells
            func room(_ channels: Int) -> Room {
                let room = Room.allocate(capacity: channels * cells)
                room.initialize(repeating: 0, count: channels * cells)
                return room
            }
            input = room(level.channels)
            (merged, first, second) = (room(width), room(width), room(width))
            (third, fourth) = (room(width), room(width))
            (logits, sides) = (room(classes), room(4))
            (logitGradient, sideGradient) = (room(classes), room(4))
            (gradient, spare) = (room(width), room(width))
        }

        func release() {
            for room in [
                input, merged, first, second, third, fourth, logits, sides, logitGradient, sideGradient, gradient,
                spare,
            ] { room.deallocate() }
        }
    }

    init(_ shape: BoxHeadShape) {
        self.shape = shape
        layout = BoxHeadLayout(shape)
        levels = shape.levels.map { Buffers($0, width: shape.width, classes: shape.classes) }
        let most = max(shape.width, 4, shape.classes)
        zeros = Room.allocate(capacity: most)
        zeros.initialize(repeating: 0, count: most)
        transposed = Room.allocate(capacity: shape.width * most)
        transposed.initialize(repeating: 0, count: shape.width * most)
    }

    deinit {
        for level in levels { level.release() }
        zeros.deallocate()
        transposed.deallocate()
    }

    /// Class scores before the sigmoid and side values of a level, of the last ``forward(_:parameters:scaler:dropped:)``.
    func outputs(_ level: Int) -> (logits: UnsafeBufferPointer<Float>, sides: UnsafeBufferPointer<Float>) {
        let buffers = levels[level]
        return (
            UnsafeBufferPointer(start: buffers.logits, count: shape.classes * buffers.cells),
            UnsafeBufferPointer(start: buffers.sides, count: 4 * buffers.cells)
        )
    }

    /// - Parameter gains: by level, mean and factor of each channel; a factor of 0 leaves a channel out.
    func forward(_ maps: [[Float]], parameters: UnsafePointer<Float>, gains: [(mean: [Float], gain: [Float])]) {
        let width = shape.width
        for (number, buffers) in levels.enumerated() {
            let (level, place) = (shape.levels[number], layout.levels[number])
            HeadTraining.scale(
                maps[number], channels: level.channels, count: buffers.cells, mean: gains[number].mean,
                gain: gains[number].gain, into: buffers.input)
            HeadTraining.pointwise(
                buffers.input, inputs: level.channels, count: buffers.cells,
                weights: parameters + place.lateralWeight.lowerBound, bias: parameters + place.lateralBias.lowerBound,
                outputs: width, rectifies: false, into: buffers.merged)
        }
        for number in levels.indices.reversed() where number + 1 < levels.count {
            HeadTraining.addUpsampled(
                levels[number + 1].merged, channels: width, coarse: size(number + 1), to: levels[number].merged,
                fine: size(number))
        }
        for (number, buffers) in levels.enumerated() {
            HeadTraining.rectify(buffers.merged, count: width * buffers.cells)
            tower(layout.levels[number].tower, parameters, number, buffers.merged, buffers.first, buffers.second)
            tower(layout.tower, parameters, number, buffers.second, buffers.third, buffers.fourth)
            output(buffers.fourth, layout.classWeight, layout.classBias, parameters, buffers, into: buffers.logits)
            output(buffers.fourth, layout.boxWeight, layout.boxBias, parameters, buffers, into: buffers.sides)
        }
    }

    private func size(_ level: Int) -> (rows: Int, columns: Int) {
        (shape.levels[level].rows, shape.levels[level].columns)
    }

    private func tower(
        _ place: BoxHeadLayout.Tower, _ parameters: UnsafePointer<Float>, _ number: Int, _ input: Room, _ middle: Room,
        _ out: Room
    ) {
        let size = size(number)
        HeadTraining.depthwise(
            input, channels: shape.width, rows: size.rows, columns: size.columns,
            weights: parameters + place.depthwiseWeight.lowerBound, bias: parameters + place.depthwiseBias.lowerBound,
            rectifies: true, into: middle)
        HeadTraining.pointwise(
            middle, inputs: shape.width, count: levels[number].cells,
            weights: parameters + place.pointwiseWeight.lowerBound, bias: parameters + place.pointwiseBias.lowerBound,
            outputs: shape.width, rectifies: true, into: out)
    }

    private func output(
        _ input: Room, _ weight: Range<Int>, _ bias: Range<Int>, _ parameters: UnsafePointer<Float>,
        _ buffers: Buffers, into out: Room
    ) {
        HeadTraining.pointwise(
            input, inputs: shape.width, count: buffers.cells, weights: parameters + weight.lowerBound,
            bias: parameters + bias.lowerBound, outputs: bias.count, rectifies: false, into: out)
    }

    /// Sets the gradients of the outputs of a level and adds that of the priors.
    ///
    /// - Returns: the loss of the level, divided by `positives` as the gradients are.
    func judge(
        _ level: Int, truths: [BoxSample.Truth], assigned: [Int32], positives: Float,
        parameters: UnsafePointer<Float>, gradient: Room
    ) -> Double {
        let buffers = levels[level]
        let loss = BoxLoss(
            shape: shape, level: level,
            prior: (
                parameters[layout.prior.lowerBound + 2 * level], parameters[layout.prior.lowerBound + 2 * level + 1]
            ), positives: positives)
        let (value, prior) = loss.judge(
            logits: buffers.logits, sides: buffers.sides, truths: truths, assigned: assigned,
            logitGradient: buffers.logitGradient, sideGradient: buffers.sideGradient)
        gradient[layout.prior.lowerBound + 2 * level] += prior.x
        gradient[layout.prior.lowerBound + 2 * level + 1] += prior.y
        return value
    }

    /// Sets the gradients of the outputs of a level.
    func setGradients(_ level: Int, logits: [Float], sides: [Float]) {
        levels[level].logitGradient.update(from: logits, count: logits.count)
        levels[level].sideGradient.update(from: sides, count: sides.count)
    }

    /// Adds the gradients of all parameters, from those of the outputs.
    func backward(parameters: UnsafePointer<Float>, gradient: Room) {
        let width = shape.width
        for (number, buffers) in levels.enumerated() {
            let count = width * buffers.cells
            outputBack(
                buffers.logitGradient, layout.classWeight, layout.classBias, buffers, parameters, gradient,
                into: buffers.gradient)
            outputBack(
                buffers.sideGradient, layout.boxWeight, layout.boxBias, buffers, parameters, gradient,
                into: buffers.spare)
            HeadTraining.add(buffers.spare, count: count, to: buffers.gradient)
            towerBack(layout.tower, number, buffers.second, buffers.third, buffers.fourth, parameters, gradient)
            towerBack(
                layout.levels[number].tower, number, buffers.merged, buffers.first, buffers.second, parameters, gradient
            )
            HeadTraining.rectifyBack(buffers.merged, count: count, gradient: buffers.gradient)
        }
        for number in levels.indices where number + 1 < levels.count {
            HeadTraining.addDownsampled(
                levels[number].gradient, channels: width, fine: size(number), to: levels[number + 1].gradient,
                coarse: size(number + 1))
        }
        for (number, buffers) in levels.enumerated() {
            let place = layout.levels[number]
            HeadTraining.pointwiseBack(
                buffers.gradient, outputs: width, input: buffers.input, inputs: shape.levels[number].channels,
                count: buffers.cells, weights: gradient + place.lateralWeight.lowerBound,
                bias: gradient + place.lateralBias.lowerBound)
        }
    }

    private func outputBack(
        _ back: Room, _ weight: Range<Int>, _ bias: Range<Int>, _ buffers: Buffers,
        _ parameters: UnsafePointer<Float>, _ gradient: Room, into out: Room
    ) {
        HeadTraining.pointwiseBack(
            back, outputs: bias.count, input: buffers.fourth, inputs: shape.width, count: buffers.cells,
            weights: gradient + weight.lowerBound, bias: gradient + bias.lowerBound)
        HeadTraining.transpose(parameters + weight.lowerBound, rows: bias.count, columns: shape.width, into: transposed)
        HeadTraining.pointwiseInput(
            back, outputs: bias.count, count: buffers.cells, transposed: transposed, zeros: zeros,
            inputs: shape.width, into: out)
    }

    /// From the gradient of a tower's output to that of its input, both in the level's `gradient`.
    private func towerBack(
        _ place: BoxHeadLayout.Tower, _ number: Int, _ input: Room, _ middle: Room, _ out: Room,
        _ parameters: UnsafePointer<Float>, _ gradient: Room
    ) {
        let (buffers, size, width) = (levels[number], size(number), shape.width)
        HeadTraining.rectifyBack(out, count: width * buffers.cells, gradient: buffers.gradient)
        HeadTraining.pointwiseBack(
            buffers.gradient, outputs: width, input: middle, inputs: width, count: buffers.cells,
            weights: gradient + place.pointwiseWeight.lowerBound, bias: gradient + place.pointwiseBias.lowerBound)
        HeadTraining.transpose(
            parameters + place.pointwiseWeight.lowerBound, rows: width, columns: width, into: transposed)
        HeadTraining.pointwiseInput(
            buffers.gradient, outputs: width, count: buffers.cells, transposed: transposed, zeros: zeros,
            inputs: width, into: buffers.spare)
        HeadTraining.rectifyBack(middle, count: width * buffers.cells, gradient: buffers.spare)
        HeadTraining.depthwiseBack(
            buffers.spare, input: input, channels: width, rows: size.rows, columns: size.columns,
            weights: parameters + place.depthwiseWeight.lowerBound,
            weightGradient: gradient + place.depthwiseWeight.lowerBound,
            biasGradient: gradient + place.depthwiseBias.lowerBound, into: buffers.gradient)
    }
}
