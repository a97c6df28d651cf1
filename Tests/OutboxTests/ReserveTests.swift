import Foundation
import Glibc
import ShrikeCore
import Testing

@testable import Outbox

@Suite struct ReserveTests {
    @Test func theReserveIsFreeRoomInsideTheFileAndIsFilledUpAgain() async throws {
        let folder = try TemporaryFolder()
        var options = OutboxOptions.sample()
        options.reserveBytes = 4 << 20
        let outbox = try Outbox(path: folder.database, options: options)
        let before = try await outbox.maintain(mayGrow: false)
        #expect(before.lacksReserve)
        let after = try await outbox.maintain(mayGrow: true)
        #expect(!after.lacksReserve && after.reserveBytes >= 4 << 20)
        let size = try folder.size
        try await outbox.commit(.alerts((0..<400).map(String.init)))
        #expect(try folder.size <= size, "alerts went into the reserve")
        #expect(try await outbox.maintain(mayGrow: false).reserveBytes < after.reserveBytes)
        #expect(try await !outbox.maintain(mayGrow: true).lacksReserve)
    }

    /// Promise B1: others fill the disk to the last byte; ten thousand alerts are still taken.
    @Test(.enabled(if: geteuid() == 0, "mounting a small file system needs root"))
    func aFullDiskStillTakesTenThousandAlerts() async throws {
        let folder = try TemporaryFolder()
        let disk = folder.path + "/small"
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        guard mount("tmpfs", disk, "tmpfs", 0, "size=160m") == 0 else {
            try Test.cancel("this system does not let root mount a tmpfs")
        }
        defer { umount2(disk, CInt(MNT_DETACH)) }
        var options = OutboxOptions.sample()
        options.reserveBytes = 64 << 20
        let outbox = try Outbox(path: disk + "/outbox.db", options: options)
        #expect(try await !outbox.maintain(mayGrow: true).lacksReserve)
        fill(disk)
        var taken = 0
        for batch in 0..<100 {
            taken += try await outbox.commit(.alerts((0..<100).map { "\(batch)-\($0)" })).count
        }
        #expect(taken == 10_000)
        #expect(try await outbox.depth() == 10_000)
        // Room again: the reserve is made whole without a restart.
        unlink(disk + "/filler")
        #expect(try await !outbox.maintain(mayGrow: true).lacksReserve)
    }

    private func fill(_ disk: String) {
        let file = open(disk + "/filler", O_WRONLY | O_CREAT, 0o600)
        var piece = 1 << 20
        let bytes = [UInt8](repeating: 1, count: piece)
        while piece > 0 { if write(file, bytes, piece) <= 0 { piece /= 2 } }
        close(file)
    }
}

extension TemporaryFolder {
    fileprivate var size: Int {
        get throws {
            try FileManager.default.attributesOfItem(atPath: database)[.size] as? Int ?? 0
        }
    }
}
