public import Integrity
internal import Kernels
public import ModelBundles

/// The few normal pictures of a young scene, kept whole, and the bank made of them.
///
/// A bank tells what is unusual better than Gaussians do where pictures are few (see the target's page), but cannot be
/// summed: so the vectors stay, in no order, and the bank is made anew from the set.
public struct NormalPictures: Hashable, Sendable {
    /// Size of the base's map.
    public struct Map: Hashable, Sendable {
        public var rows: Int
        public var columns: Int
        public var channels: Int

        public init(rows: Int, columns: Int, channels: Int) {
            (self.rows, self.columns, self.channels) = (rows, columns, channels)
        }

        public var cells: Int { rows * columns }
    }

    /// Numbers of pictures that a bank is made from.
    public static let few = 5...50

    static let bankSize = 500
    private static let candidates = 40_000
    private static let folds = 4
    /// Weight of what all cells have in common, in pictures.
    private static let trust = 5.0

    public let map: Map
    public private(set) var vectors: [SHA256Digest: [Float]] = [:]

    public init(map: Map) { self.map = map }

    public var count: Int { vectors.count }
    public var isFew: Bool { Self.few.contains(count) }

    mutating func add(_ picture: NormalPicture) { vectors[picture.digest] = picture.vectors }

    mutating func remove(_ digest: SHA256Digest) { vectors[digest] = nil }

    public mutating func join(_ other: NormalPictures) { vectors.merge(other.vectors) { mine, _ in mine } }

    /// In an order that tells nothing of how they came.
    public var inOrder: [NormalPicture] {
        vectors.map { NormalPicture(digest: $0.key, vectors: $0.value) }
            .sorted { $0.digest.description < $1.digest.description }
    }

    /// A bank of all pictures, and the largest distance of each picture by what has not seen it.
    ///
    /// In turn a quarter of the pictures is measured by a bank of the others; at each cell their mean and variance, smoothed
    /// over its neighbors, say what is usual there.
    ///
    /// - Precondition: two pictures at least.
    func calibrated() -> (bank: CalibratedBank, peaks: [Double]) {
        let pictures = inOrder.map(\.vectors)
        let distances = heldBackDistances(pictures)
        let (means, deviations) = usual(distances)
        let peaks = distances.indices.map { picture in
            let (means, deviations) = usual(distances.enumerated().filter { $0.offset != picture }.map(\.element))
            return distances[picture].indices.map { cell in
                Double((distances[picture][cell] - means[cell]) / deviations[cell])
            }.max() ?? 0
        }
        return (CalibratedBank(bank: bank(of: pictures), means: means, deviations: deviations), peaks)
    }

    private func heldBackDistances(_ pictures: [[Float]]) -> [[Float]] {
        let folds = min(Self.folds, pictures.count)
        var distances = [[Float]](repeating: [], count: pictures.count)
        for fold in 0..<folds {
            let others = bank(of: pictures.enumerated().filter { $0.offset % folds != fold }.map(\.element))
            for picture in stride(from: fold, to: pictures.count, by: folds) {
                others.distances(pictures[picture], into: &distances[picture])
            }
        }
        return distances
    }

    private func bank(of pictures: [[Float]]) -> NeighborBank {
        let cells = pictures.count * map.cells
        let step = max(1, (cells + Self.candidates - 1) / Self.candidates)
        var rows: [Float] = []
        rows.reserveCapacity(cells / step * map.channels)
        for cell in stride(from: 0, to: cells, by: step) {
            let start = cell % map.cells * map.channels
            rows += pictures[cell / map.cells][start..<start + map.channels]
        }
        return NeighborBank.spread(over: rows, dimensions: map.channels, count: Self.bankSize)
    }

    /// Mean and deviation of the distance at each cell.
    private func usual(_ distances: [[Float]]) -> (means: [Float], deviations: [Float]) {
        let count = Double(distances.count)
        var means = [Double](repeating: 0, count: map.cells)
        var variances = means
        for cell in 0..<map.cells {
            means[cell] = distances.reduce(0) { $0 + Double($1[cell]) } / count
            variances[cell] =
                distances.reduce(0) { $0 + (Double($1[cell]) - means[cell]) * (Double($1[cell]) - means[cell]) } / count
        }
        let common = variances.reduce(0, +) / Double(map.cells)
        let typical = means.reduce(0, +) / Double(map.cells)
        variances = smoothed(variances)
        let deviations = variances.map { variance in
            let shrunk = (count * variance + Self.trust * common) / (count + Self.trust)
            return Float(max(shrunk.squareRoot(), 1e-3 * typical, 1e-6))
        }
        return (smoothed(means).map { Float($0) }, deviations)
    }

    /// Mean over a cell and its neighbors.
    private func smoothed(_ values: [Double]) -> [Double] {
        (0..<map.cells).map { cell in
            let (row, column) = (cell / map.columns, cell % map.columns)
            var (sum, count) = (0.0, 0.0)
            for y in max(0, row - 1)...min(map.rows - 1, row + 1) {
                for x in max(0, column - 1)...min(map.columns - 1, column + 1) {
                    sum += values[y * map.columns + x]
                    count += 1
                }
            }
            return sum / count
        }
    }

    /// Tensors whose names begin with the prefix.
    public func tensors(_ prefix: String) -> [String: Tensor] {
        let pictures = inOrder
        let names = pictures.flatMap { Array($0.digest.description.utf8) }
        return [
            "\(prefix).vectors": Tensor(
                pictures.flatMap(\.vectors), shape: [count, map.rows, map.columns, map.channels]),
            "\(prefix).digests": Tensor(names.map { Int8($0) }, shape: [count, Self.digestLength]),
        ]
    }

    private static let digestLength = 71

    /// Reads what ``tensors(_:)`` gave; nil where the file has none.
    ///
    /// - Throws: ``TeachingError`` where they do not fit each other.
    public init?(_ file: TensorFile, prefix: String, at place: String) throws(TeachingError) {
        guard let stored = file.tensors["\(prefix).vectors"] else { return nil }
        func broken(_ what: String) -> TeachingError {
            TeachingError("\(prefix): \(what)", at: place, remedy: "teach the scene anew")
        }
        guard stored.shape.count == 4, stored.shape.allSatisfy({ (0...4096).contains($0) }),
            stored.shape[0] <= Self.few.upperBound, stored.shape[1...].allSatisfy({ $0 > 0 }), !stored.hasNonFinite
        else { throw broken("vectors are no pictures") }
        let count = stored.shape[0]
        let names = try file.doubles("\(prefix).digests", shape: [count, Self.digestLength], at: place)
        map = Map(rows: stored.shape[1], columns: stored.shape[2], channels: stored.shape[3])
        let (values, size) = (stored.floats, map.cells * map.channels)
        for picture in 0..<count {
            let text = names[picture * Self.digestLength..<(picture + 1) * Self.digestLength].map { UInt8($0) }
            guard let digest = SHA256Digest(String(decoding: text, as: UTF8.self)), vectors[digest] == nil else {
                throw broken("digest \(picture) is none, or is there twice")
            }
            vectors[digest] = Array(values[picture * size..<(picture + 1) * size])
        }
    }
}
