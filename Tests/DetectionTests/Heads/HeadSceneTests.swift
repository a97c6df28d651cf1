import Detection
import Foundation
import ShrikeCore
import Testing

@Suite("Heads on shared features")
struct HeadSceneTests {
    private static func logistic(_ distance: Double) -> Double { 1 / (1 + exp((2 - distance) / 0.5)) }

    /// How often a closed line goes around a point.
    private static func winding(_ outline: [Point], _ point: Point) -> Int {
        outline.indices.reduce(0) { sum, i in
            let (a, b) = (outline[i], outline[(i + 1) % outline.count])
            guard (a.y <= point.y) != (b.y <= point.y) else { return sum }
            let x = a.x + (point.y - a.y) / (b.y - a.y) * (b.x - a.x)
            return x > point.x ? sum + (a.y <= point.y ? 1 : -1) : sum
        }
    }

    @Test("normality gives each cell's distance, and connected cells above the threshold become boxes")
    func normality() throws {
        let fixture = try HeadFixture()
        let distances = NaiveHeads(fixture: fixture).distances()
        let threshold = Self.logistic(distances.sorted()[distances.count * 3 / 4])
        let scene = HeadFixture.scene(normality: HeadFixture.normality, threshold: threshold)
        let pass = try SharedPass([
            HeadScene(scene: scene, tensors: fixture.headTensors, backbone: fixture.backbone)
        ])
        let map = try #require(try pass.heatMap(HeadFixture.frame()))
        #expect(map.rows == 8 && map.columns == 12)
        for (found, expected) in zip(map.distances, distances) { #expect(abs(Double(found) - expected) < 1e-4) }
        let top = distances.sorted(by: >).prefix(3).reduce(0, +) / 3
        #expect(abs(map.pictureDistance - top) < 1e-4)

        let detections = try #require(try pass.detect(HeadFixture.frame())[0])
        #expect(!detections.isEmpty && detections.allSatisfy { $0.className == "odd" && $0.scene == "scene" })
        // A cell is 16 x 16 pixels of this frame: every cell above the threshold lies in a box, and every box has one.
        let hot = distances.indices.filter { Self.logistic(distances[$0]) >= threshold + 1e-6 }
        for cell in hot {
            let center = Point(x: Double(cell % 12) * 16 + 8, y: Double(cell / 12) * 16 + 8)
            #expect(
                detections.contains {
                    $0.box.left <= center.x && center.x <= $0.box.right && $0.box.top <= center.y
                        && center.y <= $0.box.bottom
                })
        }
        let best = try #require(detections.first)
        #expect(abs(best.score - Self.logistic(distances.max() ?? 0)) < 1e-4)
        #expect(best.box.x.truncatingRemainder(dividingBy: 16) == 0)
        // Every cell above the threshold has its center inside of one outline, and none below it but in holes.
        for cell in hot {
            let center = Point(x: Double(cell % 12) * 16 + 8, y: Double(cell / 12) * 16 + 8)
            #expect(detections.count { Self.winding($0.outline ?? [], center) != 0 } == 1, "\(cell)")
        }
        for detection in detections {
            let outline = try #require(detection.outline)
            #expect(
                outline.map(\.x).min() == detection.box.left && outline.map(\.x).max() == detection.box.right
                    && outline.map(\.y).min() == detection.box.top && outline.map(\.y).max() == detection.box.bottom)
        }
    }

    @Test("one Gaussian for all cells and a projection are understood by their shapes")
    func projectedNormality() throws {
        var fixture = try HeadFixture()
        fixture.set("normality.projection", [2, 5], seed: 50)
        fixture.set("normality.mean", [1, 2], seed: 51)
        fixture.set("normality.factor", [1, 3], seed: 52)
        let pass = try SharedPass([
            HeadScene(
                scene: HeadFixture.scene(normality: HeadFixture.normality), tensors: fixture.headTensors,
                backbone: fixture.backbone)
        ])
        #expect(try pass.heatMap(HeadFixture.frame())?.distances.count == 96)
    }

    @Test("a picture that lies far from every class is unknown, whatever the classifier says")
    func unknownPictures() throws {
        var fixture = try HeadFixture()
        fixture.set("classifier.class_mean", [3, 24], seed: 70)
        fixture.set("classifier.within", [24], seed: 71, scale: 0.2, offset: 0.5)
        let distance = NaiveHeads(fixture: fixture).classDistance()
        func found(center: Double) throws -> [String: Double] {
            var head = HeadFixture.classifier(.picture)
            head.unknown = .init(className: "odd", center: center, spread: 0.5)
            let scene = HeadFixture.scene(classifier: head, threshold: 0.5)
            let found = try fixture.detector(scene).detect(HeadFixture.frame())
            return Dictionary(uniqueKeysWithValues: found.map { ($0.className, $0.score) })
        }
        #expect(abs((try found(center: distance - 1)["odd"] ?? 0) - 1 / (1 + exp(-2.0))) < 1e-4)
        #expect(try found(center: distance + 1)["odd"] == nil)
        fixture.tensors["classifier.within"]?.values[3] = 0
        var head = HeadFixture.classifier(.picture)
        head.unknown = .init(className: "odd", center: 1, spread: 1)
        #expect(refusal(HeadFixture.scene(classifier: head), fixture)?.contains("not above 0") ?? false)
        head.unknown?.className = "nothing"
        #expect(refusal(HeadFixture.scene(classifier: head), fixture)?.contains("'nothing'") ?? false)
    }

    @Test("a bank of usual vectors gives each cell's calibrated distance, and mistakes in it are named")
    func bankNormality() throws {
        var fixture = try HeadFixture()
        fixture.turnNormalityIntoBank()
        let scene = HeadFixture.scene(normality: HeadFixture.normality)
        let pass = try SharedPass([
            HeadScene(scene: scene, tensors: fixture.headTensors, backbone: fixture.backbone)
        ])
        let map = try #require(try pass.heatMap(HeadFixture.frame()))
        for (found, expected) in zip(map.distances, NaiveHeads(fixture: fixture).bankDistances()) {
            #expect(abs(Double(found) - expected) < 1e-3)
        }
        for name in fixture.tensors.keys where name.hasPrefix("normality.") {
            var changed = fixture
            changed.tensors[name]?.values[0] = .nan
            #expect(refusal(scene, changed)?.contains("'\(name)' holds NaN") ?? false, "\(name)")
        }
        fixture.tensors["normality.cell_deviation"]?.values[5] = 0
        #expect(refusal(scene, fixture)?.contains("not above 0") ?? false)
    }

    @Test("the classifier gives the plain form's probabilities, as one finding of the whole picture")
    func classifier() throws {
        let fixture = try HeadFixture()
        let expected = NaiveHeads(fixture: fixture).probabilities()
        let scene = HeadFixture.scene(classifier: HeadFixture.classifier(.picture), threshold: 0)
        let found = try fixture.detector(scene).detect(HeadFixture.frame())
        let top = try #require(expected.indices.max { expected[$0] < expected[$1] })
        if top == 0 {
            #expect(found.isEmpty)
        } else {
            #expect(found.map(\.className) == [["normal", "crack", "hole"][top]])
            #expect(abs((found.first?.score ?? 0) - expected[top]) < 1e-4)
            #expect(found.first?.box == Box(x: 0, y: 0, width: 192, height: 128))
        }
        // The same, with the favourite made normal: nothing is found.
        var turned = fixture
        turned.tensors["classifier.bias"]?.values[0] += 50
        #expect(try turned.detector(scene).detect(HeadFixture.frame()).isEmpty)
    }

    @Test("boxes are those of the plain form: places, scores, classes, order")
    func boxes() throws {
        let fixture = try HeadFixture()
        let expected = NaiveHeads(fixture: fixture).boxes(atLeast: 0.5)
        #expect(expected.count > 3)
        let scene = HeadFixture.scene(boxes: [HeadFixture.boxes], threshold: 0.5)
        let found = try fixture.detector(scene).detect(HeadFixture.frame())
        #expect(found.count == expected.count)
        for (detection, candidate) in zip(found, expected) {
            #expect(abs(detection.score - candidate.score) < 1e-4)
            #expect(detection.className == ["crack", "hole"][candidate.output])
            let box = Box(
                left: candidate.box[0] * 2, top: candidate.box[1] * 2, right: candidate.box[2] * 2,
                bottom: candidate.box[3] * 2
            ).clipped(toWidth: 192, height: 128)
            #expect(detection.box.iou(try #require(box)) > 0.999)
        }
    }

    @Test("regions that the classifier claims get its class, others stay unusual")
    func namedRegions() throws {
        var fixture = try HeadFixture()
        let scene = HeadFixture.scene(
            normality: HeadFixture.normality, classifier: HeadFixture.classifier(.regions), threshold: 0.5)
        fixture.tensors["classifier.bias"]?.values = [0, 90, 0]
        #expect(Set(try fixture.detector(scene).detect(HeadFixture.frame()).map(\.className)) == ["crack"])
        fixture.tensors["classifier.bias"]?.values = [90, 0, 0]
        #expect(Set(try fixture.detector(scene).detect(HeadFixture.frame()).map(\.className)) == ["odd"])
    }

    @Test("scenes that share a pass find what each finds alone, and the base runs once a region")
    func shared() throws {
        let fixture = try HeadFixture()
        for tiling in [Tiling.off, Tiling(mode: .always, size: 96, overlap: 0.2)] {
            let definitions = [
                HeadFixture.scene("a", normality: HeadFixture.normality, tiling: tiling),
                HeadFixture.scene("b", classifier: HeadFixture.classifier(.picture), threshold: 0.1, tiling: tiling),
                HeadFixture.scene("c", boxes: [HeadFixture.boxes], tiling: tiling),
                HeadFixture.scene(
                    "d", normality: HeadFixture.normality, classifier: HeadFixture.classifier(.regions),
                    boxes: [HeadFixture.boxes], tiling: tiling),
            ]
            let scenes = try definitions.map {
                try HeadScene(scene: $0, tensors: fixture.headTensors, backbone: fixture.backbone)
            }
            let frame = HeadFixture.frame(width: 200, height: 150)
            let alone = try scenes.map { try $0.makeDetector().detect(frame) }
            let pass = try SharedPass(scenes)
            let single = try SharedPass([scenes[0]])
            _ = try single.detect(frame)
            #expect(try pass.detect(frame) == alone)
            #expect(try pass.detect(frame) == alone)
            #expect(pass.passes == 2 * single.passes && single.passes == (tiling == .off ? 1 : 7))
            #expect(alone.contains { !$0.isEmpty })
        }
    }

    @Test("a tensor that is missing, of another shape or not finite is named")
    func mistakes() throws {
        let fixture = try HeadFixture()
        let scene = HeadFixture.scene(
            normality: HeadFixture.normality, classifier: HeadFixture.classifier(.picture), boxes: [HeadFixture.boxes])
        for name in fixture.tensors.keys.sorted() {
            var changed = fixture
            changed.tensors[name] = nil
            #expect(refusal(scene, changed)?.contains("'\(name)'") ?? (name == "normality.projection"))
            changed.tensors[name] = HeadTensors.Tensor(shape: [3, 1, 1, 2], values: [1, 2, 3, 4, 5, 6])
            #expect(refusal(scene, changed)?.contains("'\(name)' is 3x1x1x2") ?? false, "\(name)")
            changed = fixture
            changed.tensors[name]?.values[0] = .nan
            #expect(refusal(scene, changed)?.contains("'\(name)' holds NaN") ?? false, "\(name)")
        }
        var elsewhere = HeadFixture.normality
        elsewhere.tap = "stage9"
        #expect(refusal(HeadFixture.scene(normality: elsewhere), fixture) == "the base has no output 'stage9'")
        #expect(refusal(HeadFixture.scene(), fixture) == "the scene has no head")
    }

    private func refusal(_ scene: SceneDefinition, _ fixture: HeadFixture) -> String? {
        #expect(throws: DetectionError.self) {
            try HeadScene(scene: scene, tensors: fixture.headTensors, backbone: fixture.backbone)
        }?.what
    }

    @Test("scores that overflow are an error, not a finding")
    func overflow() throws {
        var fixture = try HeadFixture()
        fixture.tensors["normality.factor"]?.values = [Float](repeating: 3e38, count: 96 * 15)
        let broken = HeadFixture.scene("broken", normality: HeadFixture.normality)
        #expect(throws: DetectionError.self) { try fixture.detector(broken).detect(HeadFixture.frame()) }
        // Its neighbours go on.
        let scenes = try [broken, HeadFixture.scene("sound", boxes: [HeadFixture.boxes])].map {
            try HeadScene(scene: $0, tensors: fixture.headTensors, backbone: fixture.backbone)
        }
        let found = try SharedPass(scenes).detect(HeadFixture.frame())
        #expect(found[0] == nil && found[1]?.isEmpty == false)
    }
}
