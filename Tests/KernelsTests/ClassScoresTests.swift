import Kernels
import Testing

@Suite("Class scores")
struct ClassScoresTests {
    @Test("rows and columns equal the plain maximum, ties give the lower class", arguments: [1, 3, 84, 1000])
    func random(candidates: Int) {
        var random = Pseudorandom(seed: 3)
        for classes in [1, 2, 17] {
            let rows = (0..<candidates).map { _ in (0..<classes).map { _ in (random.unit() * 20).rounded() } }
            let best = rows.map { $0.max() ?? 0 }
            let index = zip(rows, best).map { row, top in Int32(row.firstIndex(of: top) ?? -1) }

            var scores = ClassScores()
            let byRow = rows.flatMap { row -> [Float] in [-1, 99] + row + [99] }
            byRow.withUnsafeBufferPointer {
                scores.readRows($0, candidates: candidates, stride: classes + 3, offset: 2, classes: classes)
            }
            #expect(scores.best == best && scores.index == index)

            let byColumn =
                [Float](repeating: 99, count: 5)
                + (0..<classes).flatMap { c in rows.map { $0[c] } }
            byColumn.withUnsafeBufferPointer {
                scores.readColumns($0, candidates: candidates, offset: 5, classes: classes)
            }
            #expect(scores.best == best && scores.index == index)
        }
    }
}
