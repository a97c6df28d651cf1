import ShrikeCore
import Testing

@Suite struct JSONValueTests {
    @Test func equalDocumentsHaveOneText() throws {
        let text = #"{"b":[1,2.5,null,true,"é\n\"\\\u0001"],"a":{"z":0,"y":-1e-7}}"#
        let first = try JSONValue(parsing: Array(text.utf8))
        let second = try JSONValue(parsing: Array(first.canonicalText.utf8))
        #expect(first == second)
        #expect(first.canonicalText == #"{"a":{"y":-1e-07,"z":0},"b":[1,2.5,null,true,"é\n\"\\\u0001"]}"#)
    }

    @Test func roundsToFixedDecimalsAndNeverPrintsWhatJSONCannotSay() {
        #expect(JSONValue.number(0.123456789, decimals: 4).canonicalText == "0.1235")
        #expect(JSONValue.number(-0.00001, decimals: 4).canonicalText == "0")
        #expect(JSONValue.number(3, decimals: 2).canonicalText == "3")
        #expect(JSONValue.number(.nan, decimals: 2).canonicalText == "null")
        #expect(JSONValue.number(.infinity, decimals: 2).canonicalText == "null")
        #expect(JSONValue.number(1e300, decimals: 6).canonicalText == "1e+300")
    }

    @Test(arguments: ["", "{", "[1 2]", "nul", "\"\u{1}", "{\"a\":1}x"])
    func refusesWhatIsNoJSON(text: String) {
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: Array(text.utf8)) }
    }

    @Test func refusesDeepAndLargeDocuments() {
        let deep = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: Array(deep.utf8)) }
        #expect(throws: JSONParsingError.self) { try JSONValue(parsing: Array("[1,2,3]".utf8), maximumBytes: 6) }
        // Brackets inside a text do not count.
        #expect(throws: Never.self) { try JSONValue(parsing: Array("\"\(deep)\\\"[\"".utf8)) }
    }

    @Test func survivesRandomBytes() {
        var state: UInt64 = 7
        for _ in 0..<2000 {
            let bytes = (0..<40).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return UInt8(truncatingIfNeeded: state >> 56)
            }
            _ = try? JSONValue(parsing: bytes)
        }
    }
}
