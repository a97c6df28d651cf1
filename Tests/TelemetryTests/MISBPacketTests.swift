import Foundation
import ShrikeCore
import Telemetry
import TestKit
import Testing

@Suite("MISB ST 0601 packets")
struct MISBPacketTests {
    /// "Dynamic and constant" example packet of MISB ST 0902.
    static let example = hex(
        "060E2B34020B01010E0103010100000081D2020800046050584E0180030A4D697373696F6E20"
            + "3132050271C20602FD3D070208B80A085072656461746F720B07454F204E6F73650C0E47656F"
            + "64657469632057475338340D045595B66D0E045B5360C40F02C2211002CD9C1102D917120472"
            + "4A0A20130487F84B86140400000000150403830926160212811704F101A229180414BC082B19"
            + "0234F3301C01010102010703052F2F5553410C01070D060055005300411602000A4101065E22"
            + "0170F592F02373364AF8AA9162C00F2EB2DA16B74341000841A0BE365B5AB96A36450102AA43")

    /// A packet recorded by a real encoder (MISB sync test clip), with corner offsets.
    static let recorded = hex(
        "060e2b34020b01010e0103010100000081dc02080005602866187a93480800055df6b0d09f"
            + "d60a085072656461746f720c0e47656f64657469632057475338340502a2cf060200000702"
            + "00460d0431d18bf60e04c7b07cec0f023aa110020acf1102081b120490c87b051304e2127e"
            + "951404000000000b07454f204e6f73651602123b15040046461e170431d46e921804c7b830"
            + "1119020c71030a313233343536372d38391a0207011b0205e11c02fbd31d02091f1e02f9a7"
            + "1f02fa33200203a32102f760410106302001010102010203052f2f555341050006035553"
            + "410c01020d0355534116020d090102ff59")

    static func hex(_ text: String) -> [UInt8] {
        let digits = text.compactMap { $0.hexDigitValue }
        return stride(from: 0, to: digits.count - 1, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
    }

    /// A packet of our own with its checksum, by the sum as the standard writes it.
    static func packet(_ items: [(Int, [UInt8])]) -> [UInt8] {
        var value: [UInt8] = []
        for (tag, bytes) in items { value += [UInt8(tag), UInt8(bytes.count)] + bytes }
        value += [1, 2]
        var head = Array(example.prefix(16))
        head += [0x82, UInt8((value.count + 2) >> 8), UInt8((value.count + 2) & 255)] + value
        var sum = 0
        for (i, byte) in head.enumerated() { sum += Int(byte) << (8 * ((i + 1) % 2)) }
        return head + [UInt8(sum >> 8 & 255), UInt8(sum & 255)]
    }

    private func close(_ value: Double?, _ expected: Double, _ tolerance: Double) -> Bool {
        value.map { abs($0 - expected) <= tolerance } ?? false
    }

    @Test("the standard's example decodes to its published values")
    func published() throws {
        let packet = try MISBPacket.decode(Self.example)
        #expect(packet.time?.rfc3339.hasPrefix("2009-01-12T22:08:22") == true)
        #expect(close(packet.platformHeading, 159.974, 0.001))
        #expect(close(packet.platformPitch, -0.431531724, 1e-6))
        #expect(close(packet.platformRoll, 3.40586566, 1e-6))
        #expect(close(packet.sensorLatitude, 60.1768229669783, 1e-9))
        #expect(close(packet.sensorLongitude, 128.426759042045, 1e-9))
        #expect(close(packet.sensorAltitude, 14190.7195, 1e-3))
        #expect(close(packet.horizontalFieldOfView, 144.571298, 1e-5))
        #expect(close(packet.verticalFieldOfView, 152.643626, 1e-5))
        #expect(close(packet.relativeAzimuth, 160.719211474396, 1e-7))
        #expect(close(packet.relativeElevation, -168.792324833941, 1e-8))
        #expect(packet.relativeRoll == 0)
        #expect(close(packet.slantRange, 68590.9832987447, 1e-6))
        #expect(close(packet.frameCenter?.latitude, -10.5423886331461, 1e-9))
        #expect(close(packet.frameCenter?.longitude, 29.157890122923, 1e-9))
        #expect(close(packet.frameCenterElevation, 3216.03723, 1e-3))
    }

    @Test("a recorded packet has corners around its center, and its sight line meets that center")
    func recorded() throws {
        let packet = try MISBPacket.decode(Self.recorded)
        let corners = try #require(packet.corners)
        let center = try #require(packet.frameCenter)
        #expect(close(corners.map(\.latitude).reduce(0, +) / 4, center.latitude, 0.01))
        #expect(close(corners.map(\.longitude).reduce(0, +) / 4, center.longitude, 0.01))
        let pose = packet.pose
        let place = try GroundProjection(imageWidth: 1280, imageHeight: 720)
            .place(of: Point(x: 640, y: 360), pose: pose, method: .klv).get()
        let error = EarthFixedProjection.distance(
            (place.latitude, place.longitude), (center.latitude, center.longitude))
        // Height and pitch give the stated range; the recording's heading lies 4.5° beside its own center.
        let slantRange = try #require(packet.slantRange)
        let height = try #require(pose.relativeAltitude)
        #expect(close(height / sin(-(pose.pitch ?? 0) * .pi / 180), slantRange, 0.001 * slantRange))
        #expect(error < 0.06 * slantRange, "\(error) m of \(slantRange) m")
    }

    @Test("every changed byte of a packet is caught")
    func checksum() {
        for index in Self.example.indices.dropFirst(18) {
            var bytes = Self.example
            bytes[index] ^= 0x10
            #expect(throws: TelemetryError.self) { try MISBPacket.decode(bytes) }
        }
    }

    @Test("error values are unknown, not numbers")
    func errorValues() throws {
        let packet = try MISBPacket.decode(
            Self.packet([
                (2, [0, 4, 0x60, 0x50, 0x58, 0x4E, 1, 0x80]), (6, [0x80, 0]), (7, [0x80, 0]), (13, [0x80, 0, 0, 0]),
                (14, [0x80, 0, 0, 0]), (19, [0x80, 0, 0, 0]), (23, [0x80, 0, 0, 0]), (5, [0]),
            ]))
        #expect(packet.time != nil)
        #expect(packet.platformPitch == nil && packet.platformRoll == nil && packet.relativeElevation == nil)
        #expect(packet.sensorLatitude == nil && packet.sensorLongitude == nil && packet.frameCenter == nil)
        #expect(packet.platformHeading == nil)
        #expect(packet.pose == Pose())
    }

    @Test("platform and sensor angles chain: banked aircraft, camera to the side")
    func chain() throws {
        // Heading 90°, roll +30° (right wing down), camera 90° to the right, level: looks south and 30° down.
        func u16(_ v: Double) -> [UInt8] { [UInt8(UInt16(v) >> 8), UInt8(UInt16(v) & 255)] }
        func u32(_ v: Double) -> [UInt8] { (0..<4).map { UInt8(UInt32(v) >> (24 - 8 * $0) & 255) } }
        let pose = try MISBPacket.decode(
            Self.packet([
                (5, u16(65535.0 / 4)), (6, [0, 0]), (7, u16(32767 * 0.6)), (18, u32(4_294_967_295.0 / 4)),
                (19, [0, 0, 0, 0]),
                (20, [0, 0, 0, 0]),
            ])
        ).pose
        #expect(abs(abs(pose.yaw ?? 0) - 180) < 0.01)
        #expect(close(pose.pitch, -30, 0.01))
        #expect(close(pose.roll, 0, 0.01))
    }

    @Test("a stream gives its sound packets and reports the damaged one")
    func stream() throws {
        var damaged = Self.example
        damaged[60] ^= 1
        let bytes = [0x47, 1, 2] + Self.example + [0, 0] + damaged + Self.recorded + Self.example.prefix(50)
        let track = try MISBTrack.parse(bytes, file: "a.klv")
        #expect(track.samples.count == 2)
        #expect(track.issues.contains { $0.kind == .checksum })
        #expect(track.issues.contains { $0.kind == .cutBlock })
        #expect(track.issues.contains { $0.kind == .unknownStart })
        #expect(track.samples.first?.mediaTime == .zero)
        #expect(track.method == .klv)
        let start = Timestamp(rfc3339: "2009-01-12T22:08:20Z")
        let placed = try MISBTrack.parse(Self.example, file: "a.klv", clock: TrackClock(recordingStart: start))
        #expect(placed.samples.first?.mediaTime.milliseconds == 2000)
        #expect(throws: TelemetryError.self) { try MISBTrack.parse([1, 2, 3], file: "a.klv") }
    }

    @Test("damaged packets never trap")
    func fuzz() {
        var random = SeededRandom(seed: 5)
        for _ in 0..<2000 {
            var bytes = Self.example
            for _ in 0..<3 {
                let at = 16 + Int(random.next() % UInt64(bytes.count - 16))
                bytes[at] = UInt8(truncatingIfNeeded: random.next())
            }
            // A right checksum lets the damage reach the fields.
            var sum: UInt16 = 0
            for (i, byte) in bytes.dropLast(2).enumerated() { sum &+= UInt16(byte) << (8 * UInt16((i + 1) % 2)) }
            bytes[bytes.count - 2] = UInt8(sum >> 8)
            bytes[bytes.count - 1] = UInt8(sum & 255)
            let pose = (try? MISBPacket.decode(bytes))?.pose
            #expect(pose?.latitude.map { abs($0) <= 90 } != false)
            bytes.removeLast(Int(random.next() % 200))
            _ = try? MISBTrack.parse(bytes, file: "f")
        }
    }
}
