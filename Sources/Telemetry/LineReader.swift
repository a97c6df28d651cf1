/// Cuts text bytes into lines at LF, CR LF or (where the text has no LF) CR, without copying.
struct LineReader {
    let bytes: [UInt8]
    private let separator: UInt8
    private var position = 0
    /// Number of the line ``next()`` returned last, from 1.
    private(set) var lineNumber = 0

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        separator = bytes.contains(10) ? 10 : 13
    }

    /// Whether the text stops without an end of line, so its last token may be cut.
    var endsUnterminated: Bool { bytes.last.map { $0 != 10 && $0 != 13 } ?? false }

    /// Range of the next line without surrounding white space (carriage returns included); nil at the end.
    mutating func next() -> Range<Int>? {
        guard position < bytes.count else { return nil }
        lineNumber += 1
        var low = position
        var high = bytes[position...].firstIndex(of: separator) ?? bytes.count
        position = high + 1
        while low < high, bytes[low].isBlank { low += 1 }
        while high > low, bytes[high - 1].isBlank { high -= 1 }
        return low..<high
    }
}

extension UInt8 {
    /// Space, tab, vertical tab, form feed or carriage return.
    var isBlank: Bool { self == 32 || (self >= 9 && self <= 13) }
    var isDigit: Bool { self >= 48 && self <= 57 }
    var isLetter: Bool { (self | 32) >= 97 && (self | 32) <= 122 }
    /// The letter in lower case, other bytes unchanged.
    var lowercased: UInt8 { self >= 65 && self <= 90 ? self | 32 : self }
}
