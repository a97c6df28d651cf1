import BackboneImport
import Foundation
import Testing

@Suite("Weight files")
struct CheckpointTests {
    private func small() throws -> Data { try Data(contentsOf: URL(filePath: Reference.fixture("small.pth"))) }

    @Test("tensors are row-major whatever their strides in the file; counters are left out")
    func strides() throws {
        let checkpoint = try Checkpoint.load(path: Reference.fixture("small.pth")).checkpoint
        #expect(checkpoint.tensors.keys.sorted() == ["plain", "turned"])
        #expect(checkpoint.tensors["plain"] == Checkpoint.Tensor(shape: [2, 3], values: [0, 1, 2, 3, 4, 5]))
        // Stored by columns from the third value on: 10 20 | 30 40 | 50 60.
        #expect(checkpoint.tensors["turned"] == Checkpoint.Tensor(shape: [2, 3], values: [10, 30, 50, 20, 40, 60]))
    }

    @Test("a function call in the file is not run but refused, by the tensor's name")
    func hostile() throws {
        let marker = "/tmp/shrike-was-here"
        try? FileManager.default.removeItem(atPath: marker)
        let error = #expect(throws: BackboneImportError.self) {
            try Checkpoint.load(path: Reference.fixture("hostile.pth"))
        }
        #expect(error?.what == "'run' is not a plain tensor")
        #expect(!FileManager.default.fileExists(atPath: marker))
    }

    @Test("a file cut anywhere is refused")
    func truncated() throws {
        let bytes = try small()
        for length in 0..<bytes.count - 16 {
            #expect(throws: BackboneImportError.self) { try Checkpoint(bytes.prefix(length), place: "cut") }
        }
    }

    @Test("no changed byte makes the reader trap")
    func mutated() throws {
        let bytes = try small()
        for position in bytes.indices {
            for value: UInt8 in [0, 0xFF, 0x80, bytes[position] ^ 1] {
                var changed = bytes
                changed[position] = value
                _ = try? Checkpoint(changed, place: "changed")
            }
        }
    }

    @Test("a zip file is read, and refused where a byte of its content or directory is changed")
    func zip() throws {
        let content = try small()
        let archive = StoredZip.archive([("a/readme.txt", Data("hello".utf8)), ("a/models/w.pth", content)])
        let path = NSTemporaryDirectory() + "shrike-zip-\(UUID().uuidString).whl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try archive.write(to: URL(filePath: path))
        #expect(try Checkpoint.load(path: path).name == "a/models/w.pth")
        #expect(try Checkpoint.load(path: path).checkpoint.tensors.count == 2)
        var changed = archive
        changed[changed.count / 2] ^= 0xFF
        try changed.write(to: URL(filePath: path))
        #expect(throws: BackboneImportError.self) { try Checkpoint.load(path: path) }
        try archive.prefix(archive.count - 30).write(to: URL(filePath: path))
        #expect(throws: BackboneImportError.self) { try Checkpoint.load(path: path) }
    }
}

/// Writes zip files without compression.
enum StoredZip {
    static func archive(_ members: [(name: String, content: Data)]) -> Data {
        var body = Data()
        var directory = Data()
        for (name, content) in members {
            let offset = body.count
            let common =
                number(20, 2) + number(0, 2) + number(0, 2) + number(0, 4) + number(Int(crc(content)), 4)
                + number(content.count, 4) + number(content.count, 4) + number(name.utf8.count, 2) + number(0, 2)
            body += number(0x0403_4B50, 4) + common + Data(name.utf8) + content
            directory +=
                number(0x0201_4B50, 4) + number(20, 2) + common + number(0, 2) + number(0, 2) + number(0, 2)
                + number(0, 4) + number(offset, 4) + Data(name.utf8)
        }
        let end =
            number(0x0605_4B50, 4) + number(0, 4) + number(members.count, 2) + number(members.count, 2)
            + number(directory.count, 4) + number(body.count, 4) + number(0, 2)
        return body + directory + end
    }

    private static func number(_ value: Int, _ bytes: Int) -> Data {
        Data((0..<bytes).map { UInt8(value >> (8 * $0) & 255) })
    }

    private static func crc(_ content: Data) -> UInt32 {
        var crc: UInt32 = ~0
        for byte in content {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }
}
