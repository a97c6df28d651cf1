import Detection
import Foundation
import Inference
import ShrikeCore
import TestKit

/// A base whose two feature maps are given numbers, and heads of irregular numbers on them.
struct HeadFixture {
    struct Map {
        var name: String
        var channels: Int
        var rows: Int
        var columns: Int
        var values: [Float]

        func at(_ channel: Int, _ row: Int, _ column: Int) -> Double {
            Double(values[(channel * rows + row) * columns + column])
        }
    }

    static let inputWidth = 96
    static let inputHeight = 64
    let fine: Map
    let coarse: Map
    var tensors: [String: HeadTensors.Tensor] = [:]
    let backbone: Backbone

    init() throws {
        fine = Map(name: "fine", channels: 5, rows: 8, columns: 12, values: Self.numbers(5 * 96, seed: 1))
        coarse = Map(name: "coarse", channels: 7, rows: 4, columns: 6, values: Self.numbers(7 * 24, seed: 2))
        let writer = ONNXWriter(
            input: [1, 3, Self.inputHeight, Self.inputWidth],
            outputs: [fine, coarse].map { .init($0.name, [1, $0.channels, $0.rows, $0.columns], $0.values) })
        backbone = try Backbone.load(
            bytes: writer.bytes(), name: "fixture", taps: ["fine", "coarse"],
            pixels: PixelInput(swapsRedAndBlue: true, scale: [255, 255, 255]), input: nil)
        addNormality()
        addClassifier()
        addBoxes()
    }

    static func numbers(_ count: Int, seed: Int) -> [Float] {
        (0..<count).map { Float(($0 * 7919 + seed * 104_729) % 1009) / 504.5 - 1 }
    }

    mutating func set(_ name: String, _ shape: [Int], seed: Int, scale: Float = 1, offset: Float = 0) {
        let values = Self.numbers(shape.reduce(1, *), seed: seed).map { $0 * scale + offset }
        tensors[name] = HeadTensors.Tensor(shape: shape, values: values)
    }

    func values(_ name: String) -> [Double] { (tensors[name]?.values ?? []).map { Double($0) } }

    private mutating func addNormality() {
        set("normality.mean", [96, 5], seed: 3, scale: 0.3)
        set("normality.factor", [96, 15], seed: 4, scale: 4)
    }

    /// Seven usual vectors instead of Gaussians.
    mutating func turnNormalityIntoBank() {
        tensors["normality.mean"] = nil
        tensors["normality.factor"] = nil
        set("normality.bank", [7, 5], seed: 60, scale: 127)
        tensors["normality.bank_scale"] = .init(shape: [1], values: [0.005])
        set("normality.cell_mean", [96], seed: 61, scale: 0.1, offset: 0.2)
        set("normality.cell_deviation", [96], seed: 62, scale: 0.1, offset: 0.2)
    }

    private mutating func addClassifier() {
        set("classifier.mean", [24], seed: 5)
        set("classifier.deviation", [24], seed: 6, scale: 0.4, offset: 1)
        set("classifier.weight", [3, 24], seed: 7, scale: 3)
        set("classifier.bias", [3], seed: 8)
    }

    static let width = 6

    private mutating func addBoxes() {
        let d = Self.width
        for (number, map) in [fine, coarse].enumerated() {
            let prefix = "boxes.\(map.name)"
            set("\(prefix).mean", [map.channels], seed: 10 + number, scale: 0.2)
            set("\(prefix).deviation", [map.channels], seed: 12 + number, scale: 0.3, offset: 1)
            set("\(prefix).lateral.weight", [d, map.channels], seed: 14 + number)
            set("\(prefix).lateral.bias", [d], seed: 16 + number)
            addTower(prefix, seed: 18 + 4 * number)
        }
        addTower("boxes.tower", seed: 30)
        set("boxes.class.weight", [2, d], seed: 40, scale: 3)
        set("boxes.class.bias", [2], seed: 41, offset: 1)
        set("boxes.box.weight", [4, d], seed: 42, scale: 0.2)
        set("boxes.box.bias", [4], seed: 43, scale: 0.2)
        set("boxes.prior", [2, 2], seed: 44, scale: 0.3, offset: 0.5)
    }

    private mutating func addTower(_ prefix: String, seed: Int) {
        let d = Self.width
        set("\(prefix).depthwise.weight", [d, 3, 3], seed: seed, scale: 0.6)
        set("\(prefix).depthwise.bias", [d], seed: seed + 1)
        set("\(prefix).pointwise.weight", [d, d], seed: seed + 2, scale: 0.7)
        set("\(prefix).pointwise.bias", [d], seed: seed + 3)
    }

    var headTensors: HeadTensors { HeadTensors(tensors, place: "fixture") }

    static let normality = HeadSettings.Normality(tap: "fine", className: "odd", center: 2, spread: 0.5)
    static let boxes = HeadSettings.Boxes(taps: ["fine", "coarse"], classes: ["crack", "hole"])

    static func classifier(_ scope: HeadSettings.Classifier.Scope) -> HeadSettings.Classifier {
        HeadSettings.Classifier(
            taps: ["fine", "coarse"], scope: scope, classes: ["normal", "crack", "hole"], sharpness: 1.5)
    }

    static func scene(
        _ name: String = "scene", normality: HeadSettings.Normality? = nil, classifier: HeadSettings.Classifier? = nil,
        boxes: [HeadSettings.Boxes] = [], threshold: Double = 0.5, tiling: Tiling = .off
    ) -> SceneDefinition {
        SceneDefinition(
            name: name, version: "1", kind: .heads,
            classes: ["odd", "crack", "hole"].map { ClassDefinition(code: $0, threshold: threshold) },
            heads: HeadSettings(normality: normality, classifier: classifier, boxes: boxes), tiling: tiling,
            persistence: Persistence(hysteresis: 0))
    }

    func detector(_ scene: SceneDefinition) throws -> any Detector {
        try HeadScene(scene: scene, tensors: headTensors, backbone: backbone).makeDetector()
    }

    /// A picture twice as wide and high as the input.
    static func frame(width: Int = 192, height: Int = 128) -> Frame {
        let pixels = PixelBuffer(
            copying: [UInt8](repeating: 90, count: 3 * width * height), width: width, height: height, format: .bgr8)
        return Frame(index: 0, mediaTime: MediaTime(microseconds: 0), origin: "test", pixels: pixels)
    }
}
