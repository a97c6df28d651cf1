/// File names in the order a person expects: `IMG_9` before `IMG_10`.
package enum NaturalOrder {
    /// Numbers compare by value, other bytes by value; texts equal that way (`1`, `01`) by their bytes, so the order is total.
    package static func areInOrder(_ a: String, _ b: String) -> Bool {
        let (x, y) = (Array(a.utf8), Array(b.utf8))
        var i = 0
        var j = 0
        while i < x.count, j < y.count {
            if isDigit(x[i]), isDigit(y[j]) {
                let m = number(in: x, from: &i)
                let n = number(in: y, from: &j)
                if m.count != n.count { return m.count < n.count }
                if m != n { return m.lexicographicallyPrecedes(n) }
            } else {
                if x[i] != y[j] { return x[i] < y[j] }
                i += 1
                j += 1
            }
        }
        let (restX, restY) = (x.count - i, y.count - j)
        return restX != restY ? restX < restY : x.lexicographicallyPrecedes(y)
    }

    /// The digits at `i` without leading zeros; `i` moves past them.
    private static func number(in bytes: [UInt8], from i: inout Int) -> ArraySlice<UInt8> {
        let start = i
        while i < bytes.count, isDigit(bytes[i]) { i += 1 }
        return bytes[start..<i].drop { $0 == 48 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte >= 48 && byte <= 57 }
}
