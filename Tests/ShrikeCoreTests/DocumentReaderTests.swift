import ShrikeCore
import Testing

@Suite struct DocumentReaderTests {
    private enum Color: String, CaseIterable { case red, off }

    @Test func collectsEveryMistakeWithItsPath() throws {
        let text = #"{"name":5.5,"size":900,"list":[{"color":"blue"},{"color":false,"extra":1}],"other":true}"#
        let reader = DocumentReader(try JSONValue(parsing: Array(text.utf8)))
        #expect(reader.requiredString("missing") == "")
        #expect(reader.string("name") == nil)
        #expect(reader.integer("size", default: 1, in: 0...100) == 1)
        let colors = reader.sections("list").map { section in
            defer { section.finish() }
            return section.choice("color", default: Color.red)
        }
        #expect(colors == [.red, .off])
        reader.finish()
        #expect(
            reader.problems.map(\.path) == ["missing", "name", "size", "list[0].color", "list[1].extra", "other"])
    }

    @Test func nullAndAbsentMeanTheDefault() throws {
        let reader = DocumentReader(try JSONValue(parsing: Array(#"{"a":null}"#.utf8)))
        #expect(reader.bool("a", default: true))
        #expect(reader.number("b", default: 2, in: 0...3) == 2)
        #expect(reader.section("c").strings("d") == [])
        reader.finish()
        #expect(reader.problems.isEmpty)
    }
}
