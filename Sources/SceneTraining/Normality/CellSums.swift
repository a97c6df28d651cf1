public import Kernels
public import ModelBundles

/// What is normal at each place of a picture, as sums: of each cell of the base's map the count, the sum of its vectors and the
/// sum of their products. One cell stands for the whole map where the camera moves.
///
/// Vectors are whole numbers (see ``FeatureScaler``), so sums are exact: adding, taking away and joining in any order gives the
/// same bits.
public struct CellSums: Hashable, Sendable {
    public let scaler: FeatureScaler
    /// Vectors seen at each cell.
    public private(set) var counts: [Int]
    /// By cell.
    public private(set) var sums: [[Double]]
    public private(set) var products: [SymmetricMatrix]

    /// Cells with fewer vectors lean on what all cells have in common (learning-to-shrink as in the target's page).
    private static let trust = 30.0
    private static let ridge = 0.01

    /// - Parameter cells: of the map; 1 for one idea of normal everywhere.
    public init(scaler: FeatureScaler, cells: Int) {
        precondition(cells > 0, "cells")
        self.scaler = scaler
        counts = [Int](repeating: 0, count: cells)
        sums = [[Double]](repeating: [Double](repeating: 0, count: scaler.count), count: cells)
        products = [SymmetricMatrix](repeating: SymmetricMatrix(dimensions: scaler.count), count: cells)
    }

    public var dimensions: Int { scaler.count }

    /// Adds a picture, or takes it away.
    ///
    /// - Parameter vectors: of every cell one after another, unscaled.
    /// - Throws: ``TeachingError`` where the map has another size, numbers are not finite, or more is taken away than there is.
    public mutating func add(_ vectors: [Float], isTakenAway: Bool = false) throws(TeachingError) {
        let cells = vectors.count / dimensions
        guard vectors.count == cells * dimensions, cells == counts.count || counts.count == 1 else {
            throw TeachingError(
                "picture has \(cells) cells, not \(counts.count)", at: "normality",
                remedy: "use the input size of the scene")
        }
        let added = counts.count == 1 ? cells : 1
        guard !isTakenAway || counts.allSatisfy({ $0 >= added }) else {
            throw TeachingError(
                "fewer pictures were taught than are to be forgotten", at: "normality",
                remedy: "forget only what was taught to this scene")
        }
        guard counts.allSatisfy({ $0 + added <= FeatureScaler.maximumSamples }) else { throw Self.overflow }
        let scaled = try scaler.scaled(vectors, at: "normality")
        let sign: Double = isTakenAway ? -1 : 1
        for cell in counts.indices {
            let part = counts.count == 1 ? scaled : Array(scaled[cell * dimensions..<(cell + 1) * dimensions])
            for start in stride(from: 0, to: part.count, by: dimensions) {
                for i in 0..<dimensions { sums[cell][i] += sign * Double(part[start + i]) }
            }
            products[cell].add(productsOf: part, isTakenAway: isTakenAway)
            counts[cell] += isTakenAway ? -added : added
        }
    }

    /// Joins what other pictures gave.
    ///
    /// - Throws: ``TeachingError`` where scalers or maps differ.
    public mutating func join(_ other: CellSums) throws(TeachingError) { try combine(other, sign: 1) }

    /// Takes sums away that are contained in these.
    ///
    /// - Throws: ``TeachingError`` where scalers or maps differ, or a cell has less.
    public mutating func separate(_ other: CellSums) throws(TeachingError) { try combine(other, sign: -1) }

    private mutating func combine(_ other: CellSums, sign: Int) throws(TeachingError) {
        guard scaler == other.scaler, counts.count == other.counts.count else {
            throw TeachingError(
                "sums were made with other scalers, \(scaler.digest) and \(other.scaler.digest), or other maps",
                at: "merge", remedy: "join only versions that come from one `shrike scene new`")
        }
        let joined = zip(counts, other.counts).map { $0 + sign * $1 }
        guard joined.allSatisfy({ $0 >= 0 }) else {
            throw TeachingError(
                "fewer pictures are there than are to be taken away", at: "merge",
                remedy: "take away only what is contained")
        }
        guard joined.allSatisfy({ $0 <= FeatureScaler.maximumSamples }) else { throw Self.overflow }
        counts = joined
        for cell in counts.indices {
            for i in 0..<dimensions { sums[cell][i] += Double(sign) * other.sums[cell][i] }
            if sign > 0 { products[cell] += other.products[cell] } else { products[cell] -= other.products[cell] }
        }
    }

    private static var overflow: TeachingError {
        TeachingError(
            "more than \(FeatureScaler.maximumSamples) vectors cannot be summed exactly", at: "normality",
            remedy: "teach fewer pictures to one scene")
    }

    /// Mean and inverse Cholesky factor of every cell, as the serving head reads them, for unscaled vectors.
    ///
    /// Covariance of a cell: a C + (1 - a) g + 0.01 trace(g)/d I with a = n / (n + 30), C its own and g the mean of all cells'.
    ///
    /// - Throws: ``TeachingError`` where there are fewer than two pictures.
    public func solved() throws(TeachingError) -> CellGaussian {
        guard let least = counts.min(), least >= 2 else {
            throw TeachingError(
                "\(counts.min() ?? 0) pictures cannot tell what is normal", at: "normality",
                remedy: "bring two normal pictures at least, better twenty")
        }
        var shared = SymmetricMatrix(dimensions: dimensions)
        for cell in counts.indices { shared += covariance(cell) }
        shared.update { _, _, value in value / Double(self.counts.count) }
        let ridge = Self.ridge * shared.trace / Double(dimensions) + 1e-12
        var (means, factors) = ([Float](), [Float]())
        for cell in counts.indices {
            let own = Double(counts[cell]) / (Double(counts[cell]) + Self.trust)
            var matrix = covariance(cell)
            let triangle = shared.triangle
            matrix.update { row, column, value in
                own * value + (1 - own) * triangle[SymmetricMatrix.size(row) + column] + (row == column ? ridge : 0)
            }
            guard let factor = matrix.cholesky() else {
                throw TeachingError("all pictures are the same", at: "normality", remedy: "bring different pictures")
            }
            factors += factor.inverseByColumns
            means += (0..<dimensions).map { mean(cell, $0) }
        }
        return CellGaussian(dimensions: dimensions, means: means, factors: factors)
    }

    private func mean(_ cell: Int, _ i: Int) -> Float {
        Float(sums[cell][i] / Double(counts[cell]) / Double(FeatureScaler.steps)) * scaler.deviation[i] + scaler.mean[i]
    }

    /// Of a cell's unscaled vectors.
    private func covariance(_ cell: Int) -> SymmetricMatrix {
        let count = Double(counts[cell])
        let sum = sums[cell]
        let unit = scaler.deviation.map { Double($0) / Double(FeatureScaler.steps) }
        var matrix = products[cell]
        matrix.update { row, column, value in
            (value - sum[row] * sum[column] / count) / count * unit[row] * unit[column]
        }
        return matrix
    }

    /// Tensors whose names begin with the prefix.
    public func tensors(_ prefix: String) -> [String: Tensor] {
        var tensors = scaler.tensors("\(prefix).scaler")
        tensors["\(prefix).counts"] = Tensor(counts.map { Int64($0) }, shape: [counts.count])
        tensors["\(prefix).sums"] = Tensor(sums.flatMap(\.self), shape: [counts.count, dimensions])
        let size = SymmetricMatrix.size(dimensions)
        tensors["\(prefix).products"] = Tensor(products.flatMap(\.triangle), shape: [counts.count, size])
        return tensors
    }

    /// Reads what ``tensors(_:)`` gave.
    ///
    /// - Throws: ``TeachingError`` where something is missing or is no sum of whole numbers.
    public init(_ file: TensorFile, prefix: String, at place: String) throws(TeachingError) {
        let scaler = try FeatureScaler(file, prefix: "\(prefix).scaler", at: place)
        let counts = try file.doubles("\(prefix).counts", shape: [-1], at: place)
        guard !counts.isEmpty, counts.allSatisfy({ (0...Double(FeatureScaler.maximumSamples)).contains($0) }) else {
            throw TeachingError("counts of cells are wrong", at: place, remedy: "teach the scene anew")
        }
        let size = SymmetricMatrix.size(scaler.count)
        let sums = try file.doubles("\(prefix).sums", shape: [counts.count, scaler.count], at: place)
        let products = try file.doubles("\(prefix).products", shape: [counts.count, size], at: place)
        guard [sums, products].allSatisfy({ $0.allSatisfy { $0 == $0.rounded() && abs($0) < 0x1p53 } }) else {
            throw TeachingError("sums are no whole numbers", at: place, remedy: "teach the scene anew")
        }
        self.scaler = scaler
        self.counts = counts.map { Int($0) }
        self.sums = counts.indices.map { Array(sums[$0 * scaler.count..<($0 + 1) * scaler.count]) }
        self.products = counts.indices.map {
            SymmetricMatrix(dimensions: scaler.count, triangle: Array(products[$0 * size..<($0 + 1) * size]))
        }
    }
}
