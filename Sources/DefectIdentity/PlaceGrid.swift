/// Finds what lies within one cell's width of a place.
struct PlaceGrid {
    private struct Cell: Hashable {
        var row: Int64
        var column: Int64
    }

    private let size: Double
    private var cells: [Cell: [Int]] = [:]

    init(cell: Double) { size = cell }

    private func cell(_ place: LocalPlane.Offset) -> Cell {
        func index(_ value: Double) -> Int64 { Int64(max(-1e12, min(1e12, (value / size).rounded(.down)))) }
        return Cell(row: index(place.north), column: index(place.east))
    }

    mutating func insert(_ item: Int, at place: LocalPlane.Offset) { cells[cell(place), default: []].append(item) }

    mutating func remove(_ item: Int, at place: LocalPlane.Offset) { cells[cell(place)]?.removeAll { $0 == item } }

    /// Everything within the cell's width, and some beyond; in rising order.
    func near(_ place: LocalPlane.Offset) -> [Int] {
        let middle = cell(place)
        var found: [Int] = []
        for row in -1...1 {
            for column in -1...1 {
                let neighbor = Cell(row: middle.row + Int64(row), column: middle.column + Int64(column))
                if let items = cells[neighbor] { found += items }
            }
        }
        return found.sorted()
    }
}
