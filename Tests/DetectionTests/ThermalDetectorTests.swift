import Detection
import ShrikeCore
import Testing

struct ThermalDetectorTests {
    private let scene = BuiltInScenes.thermalSolar

    /// A level picture with mild texture and warm rectangles, in raw values.
    private func picture(
        width: Int = 320, height: Int = 256, level: Int = 100,
        spots: [(x: Int, y: Int, width: Int, height: Int, rise: Int)]
    ) -> [UInt8] {
        var values = (0..<width * height).map { UInt8(level + ($0 % width * 7 + $0 / width * 13) % 3) }
        for spot in spots {
            for y in spot.y..<spot.y + spot.height {
                for x in spot.x..<spot.x + spot.width {
                    values[y * width + x] = UInt8(min(255, Int(values[y * width + x]) + spot.rise))
                }
            }
        }
        return values
    }

    private func frame(_ values: [UInt8], width: Int = 320, height: Int = 256, scale: ThermalScale? = nil) -> Frame {
        Frame(
            index: 0, mediaTime: .zero, origin: "test",
            pixels: PixelBuffer(copying: values, width: width, height: height, format: .gray8), thermalScale: scale)
    }

    @Test func aLevelPictureHasNoHotSpots() {
        #expect(ThermalDetector(scene: scene).detect(frame(picture(spots: []))).isEmpty)
        #expect(ThermalDetector(scene: scene).detect(frame([UInt8](repeating: 0, count: 320 * 256))).isEmpty)
    }

    @Test func aWarmSpotIsFoundWithItsBoxAndRise() throws {
        let scale = ThermalScale(gain: 0.25, offset: 15)
        let found = ThermalDetector(scene: scene).detect(
            frame(picture(spots: [(100, 60, 8, 8, 60)]), scale: scale))
        let spot = try #require(found.first)
        #expect(found.count == 1)
        #expect(spot.className == "hot_cell")
        #expect(spot.box.iou(Box(x: 100, y: 60, width: 8, height: 8)) > 0.7)
        let thermal = try #require(spot.thermal)
        #expect(abs(try #require(thermal.deltaKelvin) - 15) < 1)
        #expect(abs(try #require(thermal.normalCelsius) - 40.25) < 0.6)
        let outline = try #require(spot.outline)
        #expect(outline.allSatisfy { $0.x >= 100 - 2 && $0.x <= 108 + 2 && $0.y >= 60 - 2 && $0.y <= 68 + 2 })
    }

    @Test func withoutAScaleOnlyTheRelativeMeasureIsGiven() throws {
        let found = ThermalDetector(scene: scene).detect(frame(picture(spots: [(100, 60, 8, 8, 60)])))
        let thermal = try #require(found.first?.thermal)
        #expect(thermal.deltaKelvin == nil && thermal.hotCelsius == nil && thermal.contrastSigma > 5)
    }

    @Test func theRelativeDifferenceNeedsAnAmbientTemperatureBelowTheLikePart() throws {
        var warm = scene
        warm.thermal.ambientCelsius = 20
        let scale = ThermalScale(gain: 0.25, offset: 15)
        let pixels = frame(picture(spots: [(100, 60, 8, 8, 60)]), scale: scale)
        let thermal = try #require(ThermalDetector(scene: warm).detect(pixels).first?.thermal)
        let (hot, normal) = (try #require(thermal.hotCelsius), try #require(thermal.normalCelsius))
        #expect(abs(try #require(thermal.relativePercent) - (hot - normal) / (hot - 20) * 100) < 1e-9)
        warm.thermal.ambientCelsius = 45
        #expect(try #require(ThermalDetector(scene: warm).detect(pixels).first?.thermal).relativePercent == nil)
    }

    @Test func scoreRisesWithContrast() {
        let detector = ThermalDetector(scene: scene)
        let scores = [20, 30, 45, 70, 110, 150].compactMap { rise in
            detector.detect(frame(picture(spots: [(100, 60, 8, 8, rise)]))).first?.score
        }
        #expect(scores.count == 6)
        #expect(zip(scores, scores.dropFirst()).allSatisfy { $0 < $1 })
        #expect(scores.allSatisfy { (0.5...1).contains($0) })
    }

    @Test func sixteenBitsAndEightBitsAndGreyVideoAgree() throws {
        let values = picture(spots: [(30, 200, 9, 7, 50), (200, 40, 12, 40, 40)])
        let gray = ThermalDetector(scene: scene).detect(frame(values))
        let color = Frame(
            index: 0, mediaTime: .zero, origin: "test",
            pixels: PixelBuffer(copying: values.flatMap { [$0, $0, $0] }, width: 320, height: 256, format: .bgr8))
        #expect(ThermalDetector(scene: scene).detect(color) == gray)
        #expect(gray.count == 2)
        let words = values.flatMap { value -> [UInt8] in
            withUnsafeBytes(of: UInt16(value) * 25) { Array($0) }
        }
        let deep = Frame(
            index: 0, mediaTime: .zero, origin: "test",
            pixels: PixelBuffer(copying: words, width: 320, height: 256, format: .gray16),
            thermalScale: ThermalScale(gain: 0.01, offset: 15))
        let boxes = ThermalDetector(scene: scene).detect(deep).map(\.box)
        #expect(Set(boxes) == Set(gray.map(\.box)))
    }

    @Test func instancesAndRepeatsGiveTheSameResult() {
        let first = frame(picture(spots: [(30, 200, 9, 7, 50), (200, 40, 12, 40, 40)]))
        let second = frame(picture(width: 97, height: 65, spots: [(40, 20, 6, 6, 90)]), width: 97, height: 65)
        let detector = ThermalDetector(scene: scene)
        let alone = detector.detect(first)
        let other = detector.detect(second)
        #expect(detector.detect(first) == alone)
        #expect(ThermalDetector(scene: scene).detect(second) == other && other.count == 1)
    }

    @Test(arguments: [(1, 1), (31, 200), (32, 32), (33, 35), (640, 33)])
    func anySizeOfPictureIsTaken(width: Int, height: Int) {
        let values = (0..<width * height).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 7) }
        let found = ThermalDetector(scene: scene).detect(frame(values, width: width, height: height))
        #expect(found.allSatisfy { $0.box.right <= Double(width) && $0.box.bottom <= Double(height) })
    }

    @Test func aSceneWithOneClassGetsAllRegions() {
        var one = scene
        one.classes = [ClassDefinition(code: "hot_spot", threshold: 0.5)]
        let found = ThermalDetector(scene: one).detect(frame(picture(spots: [(100, 60, 8, 8, 60)])))
        #expect(found.map(\.className) == ["hot_spot"])
    }

    @Test func spotsBelowTheLeastRiseAndTheLeastAreaAreLeftOut() {
        let weak = frame(picture(spots: [(100, 60, 8, 8, 8)]))
        let tiny = frame(picture(spots: [(100, 60, 2, 2, 90)]))
        #expect(ThermalDetector(scene: scene).detect(weak).isEmpty)
        #expect(ThermalDetector(scene: scene).detect(tiny).allSatisfy { $0.box.width <= 5 && $0.box.height <= 5 })
    }
}
