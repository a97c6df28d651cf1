import Foundation

/// Covariance of a place in the plane, in square meters, summed from independent errors.
package struct PlaneCovariance: Hashable {
    private var northNorth = 0.0
    private var northEast = 0.0
    private var eastEast = 0.0

    package init() {}

    /// Adds an error along one direction; the vector is one standard deviation.
    package mutating func add(north: Double, east: Double) {
        northNorth += north * north
        northEast += north * east
        eastEast += east * east
    }

    /// Adds an error of equal size in all directions.
    mutating func addIsotropic(_ sigma: Double) {
        northNorth += sigma * sigma
        eastEast += sigma * sigma
    }

    /// Radius that holds 90 % of a normal distribution with this covariance.
    package var circularError90: Double {
        let mean = (northNorth + eastEast) / 2
        let spread = hypot((northNorth - eastEast) / 2, northEast)
        let major = max(0, mean + spread).squareRoot()
        let minor = max(0, mean - spread).squareRoot()
        guard major > 0 else { return 0 }
        return major * Self.factor(axisRatio: minor / major)
    }

    /// 90 % radius over the major axis, by the ratio of the axes, at tenths from 0 to 1 (Harter 1960). Between them the
    /// straight line lies a little above the curve.
    private static let factors = [
        1.64485, 1.64791, 1.65731, 1.67383, 1.69918, 1.73708, 1.79152, 1.86253, 1.94761, 2.04236, 2.14597,
    ]

    private static func factor(axisRatio: Double) -> Double {
        let scaled = min(max(axisRatio, 0), 1) * 10
        let index = min(Int(scaled), factors.count - 2)
        return factors[index] + (factors[index + 1] - factors[index]) * (scaled - Double(index))
    }
}
