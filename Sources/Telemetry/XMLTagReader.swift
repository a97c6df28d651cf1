/// Finds the tags of an XML text one after the other; comments, declarations and CDATA are stepped over.
///
/// No entities, no name spaces beyond dropping the prefix: enough for track points, and bounded by the text.
struct XMLTagReader {
    struct Tag {
        /// Without prefix, `/` in front where it closes.
        var name: String
        var attributes: Range<Int>
        var isSelfClosing: Bool
        /// Where the text after the tag begins.
        var end: Int
    }

    private let bytes: [UInt8]
    private var position = 0
    private(set) var lineNumber = 1

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() -> Tag? {
        while true {
            guard let open = bytes[position...].firstIndex(of: 60) else { return nil }
            count(to: open)
            if bytes[open...].starts(with: Array("<!--".utf8)) {
                guard skip(past: Array("-->".utf8), from: open) else { return nil }
                continue
            }
            if bytes[open...].starts(with: Array("<![CDATA[".utf8)) {
                guard skip(past: Array("]]>".utf8), from: open) else { return nil }
                continue
            }
            guard let close = bytes[open...].firstIndex(of: 62) else { return nil }
            count(to: close + 1)
            let first = open + 1
            if first < close, bytes[first] == 33 || bytes[first] == 63 { continue }
            let nameEnd = bytes[first..<close].firstIndex { $0.isBlank || $0 == 10 } ?? close
            return tag(first, nameEnd, close)
        }
    }

    private func tag(_ first: Int, _ nameEnd: Int, _ close: Int) -> Tag {
        let isSelfClosing = close > first && bytes[close - 1] == 47
        let scanner = ByteScanner(bytes, 0..<bytes.count)
        var name = scanner.lowercasedText(first..<min(nameEnd, isSelfClosing ? close - 1 : close))
        let isClosing = name.hasPrefix("/")
        if let colon = name.lastIndex(of: ":") { name = (isClosing ? "/" : "") + name[name.index(after: colon)...] }
        return Tag(name: name, attributes: nameEnd..<close, isSelfClosing: isSelfClosing, end: close + 1)
    }

    /// Text between a tag and the next one, without blanks around it.
    func text(after tag: Tag) -> ByteScanner {
        var low = min(tag.end, bytes.count)
        var high = bytes[low...].firstIndex(of: 60) ?? bytes.count
        while low < high, bytes[low].isBlank || bytes[low] == 10 { low += 1 }
        while high > low, bytes[high - 1].isBlank || bytes[high - 1] == 10 { high -= 1 }
        return ByteScanner(bytes, low..<high)
    }

    /// Value of an attribute in either kind of quotes.
    func attribute(_ name: String, of tag: Tag) -> ByteScanner? {
        var scanner = ByteScanner(bytes, tag.attributes)
        while !scanner.isAtEnd {
            while let byte = scanner.current, !byte.isLetter { scanner.advance() }
            let start = scanner.position
            while let byte = scanner.current, byte != 61, !byte.isBlank, byte != 10 { scanner.advance() }
            let found = scanner.lowercasedText(start..<scanner.position)
            while let byte = scanner.current, byte != 34, byte != 39 { scanner.advance() }
            guard let quote = scanner.current else { return nil }
            scanner.advance()
            let valueStart = scanner.position
            while let byte = scanner.current, byte != quote { scanner.advance() }
            if found == name { return ByteScanner(bytes, valueStart..<scanner.position) }
            scanner.advance()
        }
        return nil
    }

    private mutating func count(to index: Int) {
        for byte in bytes[position..<index] where byte == 10 { lineNumber += 1 }
        position = index
    }

    private mutating func skip(past end: [UInt8], from start: Int) -> Bool {
        var index = start
        while let hit = bytes[index...].firstIndex(of: end[0]) {
            if bytes[hit...].starts(with: end) {
                count(to: hit + end.count)
                return true
            }
            index = hit + 1
        }
        return false
    }
}
