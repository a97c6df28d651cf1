import Integrity
import SceneTraining
import ShrikeCore
import Testing

@Suite struct TeachingRecordTests {
    private let record = TeachingRecord(
        task: .boxes, increments: ["first", "second"],
        pictures: [
            TaughtPicture(
                digest: SHA256Digest(ofUTF8: "b"), name: "b.jpg",
                label: .boxes([.init(className: "crack", box: Box(x: 1.5, y: 2, width: 30.25, height: 4))]),
                width: 640, height: 480, increment: "second"),
            TaughtPicture(digest: SHA256Digest(ofUTF8: "a"), name: "a.jpg", label: .boxes([]), increment: "first"),
            TaughtPicture(digest: SHA256Digest(ofUTF8: "n"), name: "n.jpg", label: .normal, increment: "first"),
        ])

    @Test func readsBackWhatItWrote() throws {
        let text = record.json.canonicalText
        #expect(try TeachingRecord(JSONValue(parsing: text.utf8), at: "test") == record)
        #expect(record.pictureCounts == ["crack": 1])
    }

    @Test(arguments: [
        #"{"format":2,"task":"boxes"}"#, #"{"format":1,"task":"guess"}"#,
        #"{"format":1,"task":"classes","increments":["a"],"pictures":[{"digest":"sha256:0","name":"a","increment":"a"}]}"#,
        #"{"format":1,"task":"classes","pictures":[{"digest":7}]}"#, #"[]"#, #"{"format":1,"extra":1}"#,
        #"{"format":1,"task":"classes","pictures":5}"#,
    ])
    func refusesWhatIsNoRecord(text: String) throws {
        let document = try JSONValue(parsing: text.utf8)
        #expect(throws: TeachingError.self) { try TeachingRecord(document, at: "test") }
    }

    @Test func refusesADigestTwice() throws {
        var twice = record
        twice.pictures.append(twice.pictures[0])
        let document = try JSONValue(parsing: twice.json.canonicalText.utf8)
        #expect(throws: TeachingError.self) { try TeachingRecord(document, at: "test") }
    }
}
