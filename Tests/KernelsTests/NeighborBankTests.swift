import Kernels
import Testing

@Suite struct NeighborBankTests {
    private func numbers(_ count: Int, seed: UInt64) -> [Float] {
        var random = Pseudorandom(seed: seed)
        return (0..<count).map { _ in 2 * random.unit() - 1 }
    }

    /// Sizes that are no multiple of a vector register, and more members than one block.
    @Test(arguments: [(1, 1, 1), (3, 5, 7), (112, 33, 500), (17, 70, 129)])
    func distancesAreThoseToTheNearestMember(dimensions: Int, rows: Int, count: Int) {
        let members = numbers(dimensions * count, seed: 1)
        let probes = numbers(dimensions * rows, seed: 2) + members.suffix(dimensions)
        var distances: [Float] = []
        NeighborBank(dimensions: dimensions, members: members).distances(probes, into: &distances)
        #expect(distances.count == rows + 1)
        for row in 0..<rows + 1 {
            let wanted =
                (0..<count).map { member in
                    (0..<dimensions).reduce(0.0) {
                        let difference = Double(probes[row * dimensions + $1] - members[member * dimensions + $1])
                        return $0 + difference * difference
                    }.squareRoot()
                }.min() ?? 0
            #expect(abs(Double(distances[row]) - wanted) < 2e-3, "\(row)")
        }
    }

    @Test func spreadLeavesNoneFarAndKeepsAllThatFit() {
        // Five heaps of 40 in 8 dimensions.
        let places = numbers(5 * 8, seed: 3).map { $0 * 50 }
        let noise = numbers(200 * 8, seed: 4)
        let rows = (0..<200 * 8).map { index -> Float in
            let heap = (index / 8) % 5
            return places[heap * 8 + index % 8] + noise[index]
        }
        let bank = NeighborBank.spread(over: rows, dimensions: 8, count: 5)
        #expect(bank.members.count == 40)
        var distances: [Float] = []
        bank.distances(rows, into: &distances)
        #expect((distances.max() ?? 99) < 2 * Float(8).squareRoot() + 0.01)
        #expect(NeighborBank.spread(over: rows, dimensions: 8, count: 200).members == rows)
        #expect(NeighborBank.spread(over: rows, dimensions: 8, count: 5) == bank)
    }

    @Test func calibratedDistancesCountDeviationsOfEachCell() {
        let bank = NeighborBank(dimensions: 2, members: [0, 0, 10, 0])
        var model = CalibratedBank(bank: bank, means: [1, 2, 0], deviations: [1, 2, 0.5])
        // Planes: x of three cells, then y.
        let map: [Float] = [3, 10, 9, 4, 6, 0]
        var distances: [Float] = []
        map.withUnsafeBufferPointer {
            model.distances(FeatureMap($0, channels: 2, rows: 1, columns: 3), into: &distances)
        }
        #expect(zip(distances, [4, 2, 2] as [Float]).allSatisfy { abs($0 - $1) < 1e-3 }, "\(distances)")
    }
}
