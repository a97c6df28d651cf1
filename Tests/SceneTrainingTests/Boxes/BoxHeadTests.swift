import ModelBundles
import TestKit
import Testing

@testable import SceneTraining

@Suite struct BoxHeadTests {
    private static func shape(classes: Int) -> BoxHeadShape {
        BoxHeadShape(
            levels: [
                .init(tap: "fine", channels: 5, rows: 6, columns: 8),
                .init(tap: "coarse", channels: 3, rows: 3, columns: 4),
            ],
            width: 6, classes: classes, inputWidth: 128, inputHeight: 96)
    }

    private func head(classes: Int) -> BoxHead {
        let shape = Self.shape(classes: classes)
        var random = SeededRandom(seed: 7)
        func numbers(_ count: Int) -> [Float] { (0..<count).map { _ in Float(random.normal(1)) } }
        return BoxHead(
            shape: shape, scales: shape.levels.map { (numbers($0.channels), numbers($0.channels)) },
            parameters: numbers(BoxHeadLayout(shape).count))
    }

    @Test func tensorsGiveTheHeadBack() throws {
        let head = head(classes: 2)
        let again = try BoxHead(
            head.tensors("boxes"), "boxes", shape: head.shape, classes: ["a", "b"], before: ["a", "b"])
        #expect(again == head)
    }

    @Test func classesKeepTheirRowsWhereverTheyStand() throws {
        let old = head(classes: 2)
        let new = try BoxHead(
            old.tensors("boxes"), "boxes", shape: Self.shape(classes: 3), classes: ["b", "c", "a"], before: ["a", "b"])
        let (before, after) = (old.tensors("boxes"), new.tensors("boxes"))
        let (weights, bias) = (try #require(after["boxes.class.weight"]), try #require(after["boxes.class.bias"]))
        let (oldWeights, oldBias) = (
            try #require(before["boxes.class.weight"]), try #require(before["boxes.class.bias"])
        )
        #expect(Array(weights.floats[0..<6]) == Array(oldWeights.floats[6..<12]))
        #expect(weights.floats[6..<12].allSatisfy { $0 == 0 } && bias.floats[1] == BoxHead.firstClassBias)
        #expect(Array(weights.floats[12..<18]) == Array(oldWeights.floats[0..<6]))
        #expect([bias.floats[0], bias.floats[2]] == [oldBias.floats[1], oldBias.floats[0]])
        for name in before.keys where !name.contains("class") { #expect(after[name] == before[name], "\(name)") }
    }

    @Test func aMissingTensorIsNamed() {
        let head = head(classes: 2)
        var tensors = head.tensors("boxes")
        tensors["boxes.fine.lateral.bias"] = nil
        #expect {
            try BoxHead(tensors, "boxes", shape: head.shape, classes: ["a", "b"], before: ["a", "b"])
        } throws: {
            "\($0)".contains("fine.lateral.bias")
        }
    }
}
