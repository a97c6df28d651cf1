import Testing

@testable import SyntheticFootage

struct InsulatorPassTests {
    @Test func aStringHasMissingAndBrokenUnits() {
        let pass = InsulatorPass(seed: 4, seconds: 6)
        #expect(Set(pass.scene.defects.map(\.kind)) == [.missing, .broken])
    }

    @Test func theCameraPassesEveryDefect() {
        let pass = InsulatorPass(seed: 4, seconds: 6)
        let seen = (0..<90).flatMap { pass.observations(frame: $0, at: Double($0) / 15) }.filter { $0.visible > 0.9 }
        for defect in pass.scene.defects.indices {
            #expect(seen.filter { $0.defectID == defect + 1 }.count >= 10)
        }
    }

    @Test func theSameSeedGivesTheSamePicture() {
        func picture(_ seed: UInt64) -> [UInt8] {
            let pass = InsulatorPass(seed: seed, seconds: 2)
            var bytes = [UInt8](repeating: 0, count: InsulatorPass.width * InsulatorPass.height * 3)
            bytes.withUnsafeMutableBytes { pass.render(frame: 3, at: 0.2, into: $0) }
            return bytes
        }
        let first = picture(1)
        #expect(first == picture(1))
        #expect(first != picture(2))
    }
}
