/// Reads tokens from a range of text bytes; every read is bounded by the range.
struct ByteScanner {
    let bytes: [UInt8]
    var position: Int
    let end: Int

    init(_ bytes: [UInt8], _ range: Range<Int>) {
        let clamped = range.clamped(to: bytes.startIndex..<bytes.endIndex)
        (self.bytes, position, end) = (bytes, clamped.lowerBound, clamped.upperBound)
    }

    /// Beyond any quantity of ours; larger numbers are damage and become this, which every range check refuses.
    private static let largest = 1e12

    var isAtEnd: Bool { position >= end }
    var current: UInt8? { position < end ? bytes[position] : nil }

    func peek(_ distance: Int) -> UInt8? {
        let index = position + distance
        return index >= 0 && index < end ? bytes[index] : nil
    }

    mutating func advance() { position = min(end, position + 1) }

    mutating func skipBlanks() {
        while position < end, bytes[position].isBlank { position += 1 }
    }

    /// Steps over one byte where it is next.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        position += 1
        return true
    }

    /// Unsigned integer of at most `maximumDigits` digits (12 at most); leaves the position where there is none.
    mutating func digits(maximum maximumDigits: Int = 9) -> (value: Int64, count: Int)? {
        var value: Int64 = 0
        var index = position
        while index < end, index - position < min(12, maximumDigits), bytes[index].isDigit {
            value = value * 10 + Int64(bytes[index] - 48)
            index += 1
        }
        guard index > position else { return nil }
        defer { position = index }
        return (value, index - position)
    }

    /// A decimal number with optional sign and fraction, no exponent; leaves the position where there is none.
    mutating func decimal() -> DecimalToken? {
        var index = position
        if index < end, bytes[index] == 43 || bytes[index] == 45 { index += 1 }
        let firstDigit = index
        while index < end, bytes[index].isDigit { index += 1 }
        var digitCount = index - firstDigit
        var decimals = 0
        var hasPoint = false
        if index < end, bytes[index] == 46 {
            let point = index
            index += 1
            while index < end, bytes[index].isDigit { index += 1 }
            decimals = index - point - 1
            digitCount += decimals
            hasPoint = true
        }
        guard digitCount > 0 else { return nil }
        // Endless digits are consumed whole: their tail must not be taken for another number.
        let read = digitCount > 40 ? Self.largest : value(firstDigit..<index, digitCount, decimals)
        let value = min(read, Self.largest) * (bytes[position] == 45 ? -1 : 1)
        position = index
        return DecimalToken(value: value, decimals: decimals, hasPoint: hasPoint)
    }

    /// As ``decimal()``, the point being a comma where digits follow it at once: `41,424724`.
    mutating func decimalWithComma() -> DecimalToken? {
        guard var token = decimal() else { return nil }
        guard !token.hasPoint, current == 44 else { return token }
        var rest = self
        rest.advance()
        guard let fraction = rest.digits(maximum: 12) else { return token }
        position = rest.position
        let part = Double(fraction.value) / Self.powersOfTen[fraction.count]
        token.value += token.value.sign == .minus ? -part : part
        (token.decimals, token.hasPoint) = (fraction.count, true)
        return token
    }

    /// Digits with at most one point, correctly rounded.
    private func value(_ range: Range<Int>, _ digitCount: Int, _ decimals: Int) -> Double {
        guard digitCount <= 15 else {
            return Double(String(decoding: bytes[range], as: UTF8.self)) ?? Self.largest
        }
        // Both numbers are exact, so their quotient is rounded once (W. D. Clinger, 1990).
        var digits: Int64 = 0
        for index in range where bytes[index] != 46 { digits = digits * 10 + Int64(bytes[index] - 48) }
        return Double(digits) / Self.powersOfTen[decimals]
    }

    private static let powersOfTen: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ]

    /// Text of a range, lower case.
    func lowercasedText(_ range: Range<Int>) -> String {
        let range = range.clamped(to: 0..<end)
        return String(unsafeUninitializedCapacity: range.count) { buffer in
            for (place, index) in range.enumerated() { buffer[place] = bytes[index].lowercased }
            return range.count
        }
    }
}
