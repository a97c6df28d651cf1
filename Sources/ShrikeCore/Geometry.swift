/// A point in pixels of the source picture; x to the right, y down, origin at the top-left corner of the top-left pixel.
public struct Point: Hashable, Sendable, Codable {
    public var x: Double
    public var y: Double

    public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
}

/// An axis-aligned box in pixels of the source picture: top-left corner and size, origin as in ``Point``.
public struct Box: Hashable, Sendable, Codable {
    public var x: Double
    public var y: Double
    public var width: Double
    public var height: Double

    public init(x: Double, y: Double, width: Double, height: Double) {
        (self.x, self.y, self.width, self.height) = (x, y, width, height)
    }

    /// The box between two corners, in either order.
    public init(left: Double, top: Double, right: Double, bottom: Double) {
        self.init(x: min(left, right), y: min(top, bottom), width: abs(right - left), height: abs(bottom - top))
    }

    public var left: Double { x }
    public var top: Double { y }
    public var right: Double { x + width }
    public var bottom: Double { y + height }
    public var center: Point { Point(x: x + width / 2, y: y + height / 2) }
    public var area: Double { max(0, width) * max(0, height) }

    /// The common area of both boxes in square pixels; 0 where they do not meet.
    public func intersectionArea(_ other: Box) -> Double {
        max(0, min(right, other.right) - max(left, other.left))
            * max(0, min(bottom, other.bottom) - max(top, other.top))
    }

    /// Intersection over union, 0 to 1; 0 for two empty boxes.
    public func iou(_ other: Box) -> Double {
        let common = intersectionArea(other)
        let whole = area + other.area - common
        return whole > 0 ? common / whole : 0
    }

    /// The smallest box that holds both.
    public func union(_ other: Box) -> Box {
        Box(
            left: min(left, other.left), top: min(top, other.top), right: max(right, other.right),
            bottom: max(bottom, other.bottom))
    }

    /// The part of the box inside a picture of this size; nil where nothing is left.
    public func clipped(toWidth width: Double, height: Double) -> Box? {
        let l = max(0, left)
        let t = max(0, top)
        let r = min(width, right)
        let b = min(height, bottom)
        return r > l && b > t ? Box(left: l, top: t, right: r, bottom: b) : nil
    }
}

/// A closed polygon; the last vertex joins the first. Coordinates are fractions (0 to 1) of picture width and height.
public struct Polygon: Hashable, Sendable, Codable {
    public var vertices: [Point]

    public init(vertices: [Point]) { self.vertices = vertices }

    public init(from decoder: any Decoder) throws {
        let pairs = try decoder.singleValueContainer().decode([[Double]].self)
        vertices = try pairs.map { pair in
            guard pair.count == 2 else {
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath, debugDescription: "a vertex is [x, y], fractions of the picture"
                    ))
            }
            return Point(x: pair[0], y: pair[1])
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(vertices.map { [$0.x, $0.y] })
    }

    /// Whether the point, in the polygon's own units, lies inside (even-odd rule).
    public func contains(_ p: Point) -> Bool {
        var inside = false
        var j = vertices.count - 1
        for i in vertices.indices {
            let a = vertices[i]
            let b = vertices[j]
            if (a.y > p.y) != (b.y > p.y), p.x < (b.x - a.x) * (p.y - a.y) / (b.y - a.y) + a.x { inside.toggle() }
            j = i
        }
        return inside
    }
}

/// A planar affine map `x' = a·x + b·y + tx`, `y' = c·x + d·y + ty`, in pixels of the source picture.
public struct AffineTransform2D: Hashable, Sendable, Codable {
    public var a: Double
    public var b: Double
    public var tx: Double
    public var c: Double
    public var d: Double
    public var ty: Double

    public init(a: Double, b: Double, tx: Double, c: Double, d: Double, ty: Double) {
        (self.a, self.b, self.tx, self.c, self.d, self.ty) = (a, b, tx, c, d, ty)
    }

    public static let identity = AffineTransform2D(a: 1, b: 0, tx: 0, c: 0, d: 1, ty: 0)

    public func apply(_ p: Point) -> Point { Point(x: a * p.x + b * p.y + tx, y: c * p.x + d * p.y + ty) }

    /// The map back; nil where this one has none.
    public var inverse: AffineTransform2D? {
        let determinant = a * d - b * c
        guard determinant.isFinite, abs(determinant) > 1e-12 else { return nil }
        let (ia, ib, ic, id) = (d / determinant, -b / determinant, -c / determinant, a / determinant)
        return AffineTransform2D(a: ia, b: ib, tx: -(ia * tx + ib * ty), c: ic, d: id, ty: -(ic * tx + id * ty))
    }

    /// First `other`, then this map.
    public func after(_ other: AffineTransform2D) -> AffineTransform2D {
        let origin = apply(Point(x: other.tx, y: other.ty))
        return AffineTransform2D(
            a: a * other.a + b * other.c, b: a * other.b + b * other.d, tx: origin.x, c: c * other.a + d * other.c,
            d: c * other.b + d * other.d, ty: origin.y)
    }

    /// The map's area scale, square-rooted: by how much lengths grow on average.
    public var lengthScale: Double { abs(a * d - b * c).squareRoot() }

    /// Moves the box with its center and scales its size by ``lengthScale``; it stays axis-aligned.
    public func apply(_ box: Box) -> Box {
        let center = apply(box.center)
        let w = box.width * lengthScale
        let h = box.height * lengthScale
        return Box(x: center.x - w / 2, y: center.y - h / 2, width: w, height: h)
    }
}
