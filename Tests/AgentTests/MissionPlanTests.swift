import ShrikeCore
import Testing

@testable import Agent

struct MissionPlanTests {
    private func file(
        _ name: String, at seconds: Int64? = nil, camera: String? = nil, isRadiometric: Bool = false
    ) -> MissionFile {
        MissionFile(
            path: "card/" + name, name: name, localTime: seconds.map { Timestamp(microseconds: $0 * 1_000_000) },
            camera: camera, isRadiometric: isRadiometric)
    }

    private func names(_ plan: MissionPlan) -> [String] { plan.items.map(\.name) }

    private func stills(_ item: MissionItem?) -> [String] {
        guard case .stills(let files)? = item?.content else { return [] }
        return files
    }

    @Test func `items are sorted by time of capture, those without one come last by name`() {
        let plan = MissionPlan([
            file("b.mp4", at: 300), file("a/x.jpg", at: 200), file("a/y.jpg", at: 100), file("clip10.mp4"),
            file("clip9.mp4"), file("c.mov", at: 50),
        ])
        #expect(names(plan) == ["c.mov", "a", "b.mp4", "clip9.mp4", "clip10.mp4"])
    }

    @Test func `the order in which a file system lists files does not count`() {
        let files = [
            file("DCIM/1.jpg", at: 5), file("DCIM/2.jpg", at: 4), file("v.mp4", at: 9), file("w.mp4"), file("w.srt"),
            file("notes.txt"), file("DCIM/DJI_20230501093015_0001_T.JPG"),
        ]
        let plan = MissionPlan(files)
        for turn in files.indices {
            #expect(MissionPlan(Array(files[turn...] + files[..<turn])) == plan)
        }
        #expect(MissionPlan(files.reversed()) == plan)
    }

    @Test func `a side-car goes with its video, whatever its case, and alone is skipped`() {
        let plan = MissionPlan([
            file("DJI_0001.MP4"), file("DJI_0001.SRT"), file("dji_0002.mp4"), file("DJI_0002.srt"),
            file("other/DJI_0001.SRT"),
        ])
        #expect(plan.items.map(\.telemetry) == ["card/DJI_0001.SRT", "card/DJI_0002.srt"])
        #expect(plan.skipped == [.init(name: "other/DJI_0001.SRT", reason: "telemetry without its video")])
    }

    @Test func `the name of a DJI video tells when it was begun`() {
        let plan = MissionPlan([
            file("DJI_20230501093015_0002_V.MP4"), file("DJI_20230501090000_0001_V.MP4"), file("a.mp4"),
        ])
        #expect(names(plan) == ["DJI_20230501090000_0001_V.MP4", "DJI_20230501093015_0002_V.MP4", "a.mp4"])
    }

    @Test func `stills form one sequence per folder and camera`() {
        let plan = MissionPlan([
            file("100/1.jpg", camera: "DJI M3T"), file("100/2.jpg", camera: "DJI M3T"),
            file("100/3.jpg", camera: "FLIR E8"), file("101/1.jpg", camera: "DJI M3T"),
        ])
        #expect(plan.items.map(\.address) == ["card/100", "card/100", "card/101"])
        #expect(plan.items.map { stills($0).count } == [2, 1, 1])
    }

    @Test func `thermal and visible halves of the same shots are told apart and paired`() {
        let plan = MissionPlan([
            file("D/DJI_20230501093015_0001_T.JPG"), file("D/DJI_20230501093016_0001_V.JPG"),
            file("D/DJI_20230501093020_0002_T.JPG"), file("D/DJI_20230501093020_0002_V.JPG"),
        ])
        #expect(plan.items.map(\.name) == ["D-T", "D-V"])
        #expect(plan.items.map(\.band) == [.thermal, .visible])
        #expect(plan.items.allSatisfy { $0.isPaired })
        #expect(plan.items.map { stills($0).count } == [2, 2])
        #expect(plan.items.map { $0.suits(.thermal) } == [true, false])
        #expect(plan.items.map { $0.suits(.detector) } == [false, true])
    }

    @Test(arguments: [("W", "T"), ("Z", "T"), ("V", "T"), ("S", "R")])
    func `videos are paired like stills`(_ visible: String, _ thermal: String) {
        let plan = MissionPlan([file("DJI_0007_\(visible).MP4"), file("DJI_0007_\(thermal).MP4")])
        let bands = Dictionary(uniqueKeysWithValues: plan.items.map { ($0.name, $0.band) })
        #expect(bands["DJI_0007_\(visible).MP4"] == .visible)
        #expect(bands["DJI_0007_\(thermal).MP4"] == .thermal)
        #expect(plan.items.allSatisfy { $0.isPaired })
    }

    @Test func `a radiometric picture and the plain one of its number are a pair`() {
        let plan = MissionPlan([file("DJI_0001.JPG"), file("DJI_0001_R.JPG")])
        #expect(plan.items.map(\.band) == [.thermal, .visible])
        #expect(plan.items.allSatisfy { $0.isPaired })
    }

    @Test func `the only light there is looked at by every scene`() {
        let plan = MissionPlan([file("DJI_0001_T.JPG"), file("DJI_0002_T.JPG"), file("photo.jpg")])
        #expect(plan.items.allSatisfy { !$0.isPaired && $0.suits(.detector) && $0.suits(.thermal) })
    }

    @Test func `a still and a video of the same number are no pair`() {
        let plan = MissionPlan([file("DJI_0001_T.MP4"), file("DJI_0001_V.JPG")])
        #expect(plan.items.allSatisfy { !$0.isPaired })
    }

    @Test func `raw thermal counts in a picture tell its light without a name`() {
        let plan = MissionPlan([file("FLIR1.jpg", isRadiometric: true), file("photo.jpg")])
        #expect(Set(plan.items.map(\.band)) == [.thermal, nil])
        #expect(plan.items.contains { $0.name == "card-thermal" })
    }

    @Test(arguments: [
        ("DJI_0001.LRF", "small preview of a video"), ("x.DNG", "raw picture; export it as TIFF or JPEG"),
        ("T.MRK", "positioning data of the receiver"),
        ("a.gpx", "track without a video of its name; name it with --telemetry"),
        ("._DJI_0001.MP4", "file of the operating system"), ("readme", "no footage"),
        ("s.seq", "thermal recording of a vendor's own format; export it as 16-bit TIFF"),
    ])
    func `what is no footage is skipped with a reason`(_ name: String, _ reason: String) {
        let plan = MissionPlan([file(name), file("v.mp4")])
        #expect(plan.items.map(\.name) == ["v.mp4"])
        #expect(plan.skipped == [.init(name: name, reason: reason)])
    }

    @Test func `nothing gives nothing`() {
        #expect(MissionPlan([]).items.isEmpty)
        #expect(MissionPlan([]).skipped.isEmpty)
    }

    @Test(arguments: [
        "", "_", "DJI", "DJI_", "DJI_99999999999999_0001_T", "DJI_abc_T", "DJI__T", "DJI_０００１_T", "IMG_0001_T",
    ])
    func `strange names are safe`(_ stem: String) {
        let name = CameraFileName(stem: stem)
        #expect(name.localTime == nil)
        #expect(MissionPlan([file(stem + ".JPG")]).items.count <= 1)
    }

    @Test func `names with the place of the shot keep their camera`() {
        let name = CameraFileName(stem: "DJI_20230711110523_0042_T_Tower-7")
        #expect(name.band == .thermal)
        #expect(name.shot == "0042_TOWER-7")
        #expect(name.localTime?.rfc3339 == "2023-07-11T11:05:23.000Z")
    }
}
