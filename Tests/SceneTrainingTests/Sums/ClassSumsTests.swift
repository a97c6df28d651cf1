import ModelBundles
import SceneTraining
import TestKit
import Testing

@Suite struct ClassSumsTests {
    private let dimensions = 13
    private let scaler: FeatureScaler
    private let pictures: [(name: String, sample: [Float])]

    init() {
        var random = SeededRandom(seed: 11)
        var made: [(String, [Float])] = []
        for number in 0..<60 {
            // Magnitudes that float sums would lose: tiny, large, and beyond the cut.
            let scale = [1e-3, 1, 1e3, 1e6][number % 4]
            made.append((["crack", "rust", "normal"][number % 3], (0..<13).map { _ in Float(random.normal(scale)) }))
        }
        pictures = made
        scaler = FeatureScaler(samples: made.prefix(20).flatMap(\.1), count: 13)
    }

    private func sums(_ taught: some Sequence<(name: String, sample: [Float])>) throws -> ClassSums {
        var sums = ClassSums(scaler: scaler)
        for picture in taught { try sums.add(picture.sample, of: picture.name) }
        return sums
    }

    @Test func anyOrderGivesTheSameBits() throws {
        let whole = try sums(pictures)
        #expect(try sums(pictures.reversed()) == whole)
        var generator = SeededRandom(seed: 5)
        #expect(try sums(pictures.shuffled(using: &generator)) == whole)
        #expect(try LinearDiscriminant(sums(pictures.reversed())) == LinearDiscriminant(whole))
    }

    @Test func forgottenIsAsNeverSeen() throws {
        var some = try sums(pictures)
        for picture in pictures where picture.name == "rust" { try some.remove(picture.sample, of: "rust") }
        try some.remove(pictures[0].sample, of: pictures[0].name)
        let never = try sums(pictures.dropFirst().filter { $0.name != "rust" })
        #expect(some == never)
        #expect(some.classes.keys.sorted() == ["crack", "normal"])
    }

    @Test func joinedIsAsTaughtAtOnce() throws {
        var left = try sums(pictures.prefix(25))
        try left.join(sums(pictures.dropFirst(25)))
        #expect(try left == sums(pictures))
        // Both began with the same ten: their common beginning counts once.
        var first = try sums(pictures.prefix(40))
        try first.join(sums(pictures.prefix(10) + pictures.dropFirst(40)))
        try first.separate(sums(pictures.prefix(10)))
        #expect(try first == sums(pictures))
    }

    @Test func refusesWhatWasNotTaughtAndOtherScalers() throws {
        var some = try sums(pictures.prefix(3))
        #expect(throws: TeachingError.self) { try some.remove(pictures[5].sample, of: "hole") }
        let other = ClassSums(scaler: FeatureScaler(samples: pictures[3].sample, count: dimensions))
        #expect(throws: TeachingError.self) { try some.join(other) }
        #expect(throws: TeachingError.self) { try some.add([Float](repeating: .nan, count: 13), of: "crack") }
        #expect(try some == sums(pictures.prefix(3)))
    }

    @Test func tensorsReadBack() throws {
        let whole = try sums(pictures)
        let file = TensorFile(tensors: whole.tensors("classes"))
        let read = try TensorFile(file.bytes, at: "test")
        #expect(try ClassSums(read, prefix: "classes", at: "test") == whole)
        var broken = file
        broken.tensors["classes.class.rust.count"] = Tensor([Int64(0)], shape: [1])
        #expect(throws: TeachingError.self) { try ClassSums(broken, prefix: "classes", at: "test") }
        broken = file
        broken.tensors["classes.products"] = Tensor([Double](repeating: 0.5, count: 91), shape: [91])
        #expect(throws: TeachingError.self) { try ClassSums(broken, prefix: "classes", at: "test") }
        #expect(throws: TeachingError.self) { try ClassSums(file, prefix: "other", at: "test") }
    }
}
