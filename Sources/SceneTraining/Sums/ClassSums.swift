internal import Foundation
public import Kernels
public import ModelBundles

/// What classes look like, as sums: of each class the count and the sum of its samples, and of all together the sum of
/// products. Everything that is learned in closed form is solved from these.
///
/// Samples are whole numbers (see ``FeatureScaler``), so sums are exact: adding, taking away and joining them in any order
/// gives the same bits as summing once over what is left.
public struct ClassSums: Hashable, Sendable {
    public struct ClassSum: Hashable, Sendable {
        public var count: Int
        public var sum: [Double]
    }

    public let scaler: FeatureScaler
    /// By class name; classes without samples are not there.
    public private(set) var classes: [String: ClassSum] = [:]
    /// Sum of x x' over all samples.
    public private(set) var products: SymmetricMatrix

    public init(scaler: FeatureScaler) {
        self.scaler = scaler
        products = SymmetricMatrix(dimensions: scaler.count)
    }

    public var dimensions: Int { scaler.count }

    public var count: Int { classes.values.reduce(0) { $0 + $1.count } }

    /// Adds samples of a class.
    ///
    /// - Parameter samples: whole rows of unscaled features.
    /// - Throws: ``TeachingError`` where features are not finite, or sums would no longer be exact.
    public mutating func add(_ samples: [Float], of name: String) throws(TeachingError) {
        try change(samples, of: name, isTakenAway: false)
    }

    /// Takes samples away that were added before.
    ///
    /// - Throws: ``TeachingError`` where the class has fewer.
    public mutating func remove(_ samples: [Float], of name: String) throws(TeachingError) {
        try change(samples, of: name, isTakenAway: true)
    }

    private mutating func change(_ samples: [Float], of name: String, isTakenAway: Bool) throws(TeachingError) {
        guard !samples.isEmpty else { return }
        let rows = samples.count / dimensions
        let scaled = try scaler.scaled(samples, at: name)
        var entry = classes[name] ?? ClassSum(count: 0, sum: [Double](repeating: 0, count: dimensions))
        entry.count += isTakenAway ? -rows : rows
        guard entry.count >= 0 else {
            throw TeachingError(
                "fewer samples were taught than are to be forgotten", at: name,
                remedy: "forget only what was taught to this scene")
        }
        guard count + rows <= FeatureScaler.maximumSamples else { throw Self.overflow(name) }
        let sign: Double = isTakenAway ? -1 : 1
        for start in stride(from: 0, to: scaled.count, by: dimensions) {
            for i in 0..<dimensions { entry.sum[i] += sign * Double(scaled[start + i]) }
        }
        classes[name] = entry.count > 0 ? entry : nil
        products.add(productsOf: scaled, isTakenAway: isTakenAway)
    }

    /// Joins sums that other pictures gave, as if all had been taught here.
    ///
    /// - Throws: ``TeachingError`` where scalers differ.
    public mutating func join(_ other: ClassSums) throws(TeachingError) { try combine(other, sign: 1) }

    /// Takes sums away that are contained in these.
    ///
    /// - Throws: ``TeachingError`` where scalers differ, or a class has fewer samples.
    public mutating func separate(_ other: ClassSums) throws(TeachingError) { try combine(other, sign: -1) }

    private mutating func combine(_ other: ClassSums, sign: Int) throws(TeachingError) {
        guard scaler == other.scaler else {
            throw TeachingError(
                "sums were made with other scalers, \(scaler.digest) and \(other.scaler.digest)", at: "merge",
                remedy: "join only versions that come from one `shrike scene new`")
        }
        guard count + sign * other.count <= FeatureScaler.maximumSamples else { throw Self.overflow("merge") }
        var joined = classes
        for (name, added) in other.classes {
            var entry = joined[name] ?? ClassSum(count: 0, sum: [Double](repeating: 0, count: dimensions))
            entry.count += sign * added.count
            guard entry.count >= 0 else {
                throw TeachingError(
                    "fewer samples are there than are to be taken away", at: name,
                    remedy: "take away only what is contained")
            }
            for i in 0..<dimensions { entry.sum[i] += Double(sign) * added.sum[i] }
            joined[name] = entry.count > 0 ? entry : nil
        }
        classes = joined
        if sign > 0 { products += other.products } else { products -= other.products }
    }

    private static func overflow(_ place: String) -> TeachingError {
        TeachingError(
            "more than \(FeatureScaler.maximumSamples) samples cannot be summed exactly", at: place,
            remedy: "teach fewer pictures to one scene")
    }

    /// Tensors whose names begin with the prefix.
    public func tensors(_ prefix: String) -> [String: Tensor] {
        var tensors = scaler.tensors("\(prefix).scaler")
        tensors["\(prefix).products"] = Tensor(products.triangle, shape: [products.triangle.count])
        for (name, entry) in classes {
            tensors["\(prefix).class.\(name).sum"] = Tensor(entry.sum, shape: [dimensions])
            tensors["\(prefix).class.\(name).count"] = Tensor([Int64(entry.count)], shape: [1])
        }
        return tensors
    }

    /// Reads what ``tensors(_:)`` gave.
    ///
    /// - Throws: ``TeachingError`` where something is missing or is no sum of whole numbers.
    public init(_ file: TensorFile, prefix: String, at place: String) throws(TeachingError) {
        self.init(scaler: try FeatureScaler(file, prefix: "\(prefix).scaler", at: place))
        let triangle = try file.doubles(
            "\(prefix).products", shape: [SymmetricMatrix.size(dimensions)], at: place)
        products = SymmetricMatrix(dimensions: dimensions, triangle: triangle)
        var sums = [triangle]
        for key in file.tensors.keys where key.hasPrefix("\(prefix).class.") && key.hasSuffix(".sum") {
            let name = String(key.dropFirst("\(prefix).class.".count).dropLast(".sum".count))
            let count = try file.doubles("\(prefix).class.\(name).count", shape: [1], at: place)[0]
            guard count >= 1, count <= Double(FeatureScaler.maximumSamples) else {
                throw TeachingError("class \(name) has \(count) samples", at: place, remedy: "teach the scene anew")
            }
            let sum = try file.doubles(key, shape: [dimensions], at: place)
            sums.append(sum)
            classes[name] = ClassSum(count: Int(count), sum: sum)
        }
        guard sums.allSatisfy({ $0.allSatisfy { $0 == $0.rounded() && abs($0) < 0x1p53 } }) else {
            throw TeachingError("sums are no whole numbers", at: place, remedy: "teach the scene anew")
        }
    }
}
