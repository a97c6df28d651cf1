import Foundation

/// Tar entries as an attacker would write them.
enum RawTar {
    static func entry(_ name: String, _ content: String, type: Character = "0", size: String? = nil) -> Data {
        var block = [UInt8](repeating: 0, count: 512)
        func put(_ text: String, _ offset: Int) {
            for (i, byte) in text.utf8.enumerated() { block[offset + i] = byte }
        }
        put(name, 0)
        put("0000644\u{0}0000000\u{0}0000000", 100)
        let digits = String(content.utf8.count, radix: 8)
        put(size ?? String(repeating: "0", count: 11 - digits.count) + digits, 124)
        put("00000000000", 136)
        put("        ", 148)
        put(String(type), 156)
        put("ustar\u{0}00", 257)
        let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        put(String(repeating: "0", count: 6 - sum.count) + sum + "\u{0} ", 148)
        return Data(block) + Data(content.utf8) + Data(count: (512 - content.utf8.count % 512) % 512)
    }
}
