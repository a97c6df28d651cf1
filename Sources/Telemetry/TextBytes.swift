/// The bytes of a text file as ASCII-compatible bytes: byte-order mark removed, UTF-16 turned into UTF-8.
enum TextBytes {
    /// Nil where the bytes are no text.
    static func normalized(_ bytes: [UInt8]) -> [UInt8]? {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return Array(bytes.dropFirst(3)) }
        if bytes.starts(with: [0xFF, 0xFE]) { return utf16(bytes.dropFirst(2), isBigEndian: false) }
        if bytes.starts(with: [0xFE, 0xFF]) { return utf16(bytes.dropFirst(2), isBigEndian: true) }
        // A card that lost power leaves blocks of zeros at the end of a file; zeros elsewhere mean it is no text.
        guard let last = bytes.lastIndex(where: { $0 != 0 }) else { return nil }
        let text = bytes[...last]
        return text.contains(0) ? nil : Array(text)
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> [UInt8] {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var index = bytes.startIndex
        while index + 1 < bytes.endIndex {
            let (a, b) = (UInt16(bytes[index]), UInt16(bytes[index + 1]))
            units.append(isBigEndian ? a << 8 | b : b << 8 | a)
            index += 2
        }
        return Array(String(decoding: units, as: UTF16.self).utf8)
    }
}
