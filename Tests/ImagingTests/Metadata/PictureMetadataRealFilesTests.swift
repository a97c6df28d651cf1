import Foundation
import Imaging
import ShrikeCore
import Testing

private let dataFolder: URL? = {
    let root = URL(filePath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let folder = root.appending(path: "../shared/data").standardizedFileURL
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
}()

@Suite("Metadata of stills as cameras write them", .enabled(if: dataFolder != nil, "needs ../shared/data"))
struct PictureMetadataRealFilesTests {
    private func metadata(_ path: String) throws -> PictureMetadata {
        let folder = try #require(dataFolder)
        return PictureMetadata.read(Array(try Data(contentsOf: folder.appending(path: path))))
    }

    @Test("drone stills give place, attitude, field of view and time", arguments: ["DJI_0018.JPG", "DJI_0019.JPG"])
    func stills(name: String) throws {
        let metadata = try metadata("geo_stills/" + name)
        let pose = try #require(metadata.pose)
        #expect(pose.pitch == -89.9)
        #expect(pose.relativeAltitude == (name == "DJI_0018.JPG" ? 39.8 : 40.1))
        #expect(pose.latitude != nil && pose.longitude != nil && pose.horizontalFieldOfView != nil)
        #expect(metadata.width == 4000 && metadata.height == 2250)
        #expect(metadata.captureTime != nil)
        #expect(metadata.thermalKind == nil)
    }

    @Test("radiometric JPEGs are recognized", arguments: ["H20T", "H30T", "M2EA", "M3T"])
    func thermal(model: String) throws {
        let metadata = try metadata("dji_rjpeg/\(model)/DJI_0001_R.JPG")
        #expect(metadata.thermalKind == .djiRadiometric)
        #expect(metadata.cameraMake == "DJI")
        #expect(metadata.width != nil)
    }
}
