import Foundation
import ShrikeCore
import Testing

@testable import SyntheticFootage

struct GroundCameraTests {
    private let camera = GroundCamera(
        width: 640, height: 512, focal: 711, x: 3, y: -2, altitude: 18, yaw: 37, pitch: -72, roll: 1.5)

    @Test func pixelAndGroundAreInverse() throws {
        let m = camera.pixelToGround
        for (u, v) in [(0.0, 0.0), (320, 256), (640, 512), (17.5, 400)] {
            let w = m[6] * u + m[7] * v + m[8]
            let ground = ((m[0] * u + m[1] * v + m[2]) / w, (m[3] * u + m[4] * v + m[5]) / w)
            let back = try #require(camera.pixel(ofGround: ground.0, ground.1))
            #expect(abs(back.x - u) < 1e-6 && abs(back.y - v) < 1e-6)
        }
    }

    @Test func theOpticalAxisMeetsTheGroundAheadOfTheDrone() throws {
        let range = 18 / tan(72 * Double.pi / 180)
        let (east, north) = (3 + range * sin(37 * Double.pi / 180), -2 + range * cos(37 * Double.pi / 180))
        let pixel = try #require(camera.pixel(ofGround: east, north))
        #expect(abs(pixel.x - 320) < 1e-6 && abs(pixel.y - 256) < 1e-6)
    }

    @Test func whatLiesToTheRightAppearsToTheRight() throws {
        var level = camera
        (level.yaw, level.roll) = (0, 0)
        let pixel = try #require(level.pixel(ofGround: 5, 2))
        #expect(pixel.x > 320)
    }
}
