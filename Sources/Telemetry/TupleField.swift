/// One entry of `(a, b, c)`: a number with what stands around it.
struct TupleField {
    var token: DecimalToken?
    /// `n`, `s`, `e` or `w` before or after the number.
    var hemisphere: UInt8?
    var isMeters = false

    /// Reads up to the next comma, which stays.
    init(_ scanner: inout ByteScanner) {
        while let byte = scanner.current, byte != 44 {
            if token == nil, let number = scanner.decimal() {
                token = number
            } else {
                let letter = byte.lowercased
                if letter == 110 || letter == 115 || letter == 101 || letter == 119, scanner.peek(1) != 47 {
                    hemisphere = letter
                }
                if letter == 109, token != nil { isMeters = true }
                scanner.advance()
            }
        }
    }

    private var isNorthSouth: Bool { hemisphere == 110 || hemisphere == 115 }

    private var signed: Double? {
        guard let token, let hemisphere else { return token?.value }
        return hemisphere == 115 || hemisphere == 119 ? -abs(token.value) : token.value
    }

    /// Two fields as coordinates; of explicit shape where letters tell the axes. Nil where either has no number.
    static func pair(_ a: TupleField, _ b: TupleField) -> CoordinatePair? {
        guard let first = a.signed, let second = b.signed else { return nil }
        guard a.hemisphere != nil, b.hemisphere != nil, a.isNorthSouth != b.isNorthSouth else {
            return CoordinatePair(first: first, second: second, shape: .unknown)
        }
        return a.isNorthSouth
            ? CoordinatePair(first: first, second: second, shape: .explicit)
            : CoordinatePair(first: second, second: first, shape: .explicit)
    }
}
