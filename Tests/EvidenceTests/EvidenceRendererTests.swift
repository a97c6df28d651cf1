import Evidence
import Imaging
import ShrikeCore
import Testing

@Suite struct EvidenceRendererTests {
    static let lineage = Lineage(
        scene: ModelIdentity(level: .l2, name: "solar", version: "1.0.0", digest: "sha256:0123456789abcdef0123"))

    private func facts(_ box: Box, grade: Grade = .critical, className: String = "hot_cell") -> EvidenceFacts {
        EvidenceFacts(
            className: className, grade: grade, score: 0.9, box: box,
            thermal: ThermalReading(deltaKelvin: 12, contrastSigma: 9), source: "east",
            time: Timestamp(microseconds: 0),
            timeQuality: .file, mediaTime: .zero, frameIndex: 7, lineage: Self.lineage)
    }

    /// A grey ramp with a fine pattern, so that nothing is uniform.
    private func gray(_ width: Int, _ height: Int) -> PixelBuffer {
        var bytes = [UInt8](repeating: 0, count: width * height)
        for i in bytes.indices { bytes[i] = UInt8(60 + (i % width) * 90 / width + (i * 7 + i / width * 3) % 11) }
        return PixelBuffer(copying: bytes, width: width, height: height, format: .gray8)
    }

    private func decoded(_ bytes: [UInt8]) throws -> PixelBuffer {
        try bytes.withUnsafeBytes { (raw) throws(ImagingError) in try Image.decode(raw).frozen() }
    }

    /// Share of pixels in a part of the picture whose color is near the grade's mark.
    private func marked(_ picture: PixelBuffer, _ grade: Grade, in box: Box) -> Int {
        let color = grade.markColor
        return picture.withUnsafeBytes { bytes in
            var count = 0
            for y in Int(box.top)..<min(picture.height, Int(box.bottom)) {
                for x in Int(box.left)..<min(picture.width, Int(box.right)) {
                    let i = y * picture.bytesPerRow + x * 3
                    let distance =
                        abs(Int(bytes[i]) - Int(color.blue)) + abs(Int(bytes[i + 1]) - Int(color.green))
                        + abs(Int(bytes[i + 2]) - Int(color.red))
                    if distance < 90 { count += 1 }
                }
            }
            return count
        }
    }

    @Test(arguments: [(320, 256), (640, 512), (4000, 3000), (160, 120), (300, 2000), (2000, 300)])
    func staysWithinTheSideAndCarriesACaption(size: (Int, Int)) throws {
        let box = Box(
            x: Double(size.0) * 0.4, y: Double(size.1) * 0.4, width: Double(size.0) * 0.2, height: Double(size.1) * 0.2)
        let picture = try decoded(EvidenceRenderer().picture(of: gray(size.0, size.1), facts: facts(box)))
        #expect(max(picture.width, picture.height) <= 1600)
        let pictureHeight = Double(picture.width) * Double(size.1) / Double(size.0)
        #expect(Double(picture.height) - pictureHeight > 50, "no band of words")
        if size.1 <= size.0 { #expect(picture.width >= 640) }
    }

    @Test func marksTheBoxInTheColorOfTheGrade() throws {
        for grade in Grade.allCases {
            let box = Box(x: 200, y: 150, width: 200, height: 120)
            let picture = try decoded(EvidenceRenderer().picture(of: gray(640, 512), facts: facts(box, grade: grade)))
            #expect(marked(picture, grade, in: Box(x: 190, y: 140, width: 220, height: 20)) > 200)
            #expect(
                marked(picture, grade, in: Box(x: 240, y: 180, width: 120, height: 60)) == 0, "the defect is covered")
        }
    }

    @Test func smallDefectsAreMagnifiedAwayFromTheDefect() throws {
        let box = Box(x: 100, y: 100, width: 10, height: 8)
        let small = try decoded(EvidenceRenderer().picture(of: gray(640, 512), facts: facts(box)))
        let large = try decoded(
            EvidenceRenderer().picture(of: gray(640, 512), facts: facts(Box(x: 100, y: 100, width: 200, height: 150))))
        let farSide = Box(x: 420, y: 0, width: 220, height: 512)
        #expect(marked(small, .critical, in: farSide) > 800)
        #expect(marked(large, .critical, in: farSide) < 700)
    }

    @Test func sixteenBitFramesAreToneMapped() throws {
        var bytes: [UInt8] = []
        for y in 0..<120 {
            for x in 0..<160 {
                let value = 29_000 + x * 4 + (60..<66 ~= x && 40..<44 ~= y ? 3000 : 0)
                bytes += [UInt8(value & 255), UInt8(value >> 8)]
            }
        }
        let pixels = PixelBuffer(copying: bytes, width: 160, height: 120, format: .gray16)
        let picture = try decoded(
            EvidenceRenderer().picture(of: pixels, facts: facts(Box(x: 60, y: 40, width: 6, height: 4))))
        let (hot, cold) = picture.withUnsafeBytes { raw in
            // 4 result pixels per source pixel.
            (raw[168 * picture.bytesPerRow + 252 * 3], raw[400 * picture.bytesPerRow + 8 * 3])
        }
        #expect(hot > 200)
        #expect(cold < 40)
    }

    @Test func thumbnailsFitTheirLimitEvenForNoise() throws {
        var state: UInt64 = 1
        let noise = (0..<1200 * 900 * 3).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 40)
        }
        let pixels = PixelBuffer(copying: noise, width: 1200, height: 900, format: .bgr8)
        for limit in [64 << 10, 8 << 10] {
            let renderer = EvidenceRenderer(thumbnailBytes: limit)
            let bytes = try renderer.thumbnail(of: pixels, facts: facts(Box(x: 10, y: 10, width: 50, height: 50)))
            #expect(bytes.count <= limit)
            #expect(bytes.count > 1000)
        }
        #expect(throws: EvidenceError.self) {
            try EvidenceRenderer(thumbnailBytes: 10).thumbnail(
                of: pixels, facts: facts(Box(x: 0, y: 0, width: 9, height: 9)))
        }
    }

    @Test func sameInputGivesSameBytes() throws {
        let pixels = gray(640, 512)
        let facts = facts(Box(x: 30, y: 30, width: 12, height: 9))
        #expect(
            try EvidenceRenderer().picture(of: pixels, facts: facts)
                == EvidenceRenderer().picture(of: pixels, facts: facts))
        #expect(
            try EvidenceRenderer().thumbnail(of: pixels, facts: facts)
                == EvidenceRenderer().thumbnail(of: pixels, facts: facts))
    }

    @Test(arguments: [
        Box(x: -50, y: -50, width: 20, height: 20), Box(x: 600, y: 500, width: 500, height: 500),
        Box(x: 10, y: 10, width: 0, height: 0), Box(x: .nan, y: 0, width: 1, height: 1),
        Box(x: 0, y: 0, width: .infinity, height: 1e300), Box(x: 639.5, y: 511.5, width: 3, height: 3),
    ])
    func oddBoxesNeverTrap(box: Box) throws {
        #expect(try !EvidenceRenderer().picture(of: gray(640, 512), facts: facts(box)).isEmpty)
        #expect(try !EvidenceRenderer().thumbnail(of: gray(16, 9), facts: facts(box, className: "绝缘子")).isEmpty)
    }
}
