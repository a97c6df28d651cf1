import Foundation
import ShrikeCore

/// Pixel to ground by rotation matrices in Earth-centered coordinates: written apart from the product, to check it.
enum EarthFixedProjection {
    typealias Vector = SIMD3<Double>

    static let a = 6_378_137.0
    static let e2 = 6.694_379_990_141_316e-3

    static func earthFixed(latitude: Double, longitude: Double, height: Double) -> Vector {
        let (p, l) = (latitude * .pi / 180, longitude * .pi / 180)
        let n = a / (1 - e2 * sin(p) * sin(p)).squareRoot()
        return Vector((n + height) * cos(p) * cos(l), (n + height) * cos(p) * sin(l), (n * (1 - e2) + height) * sin(p))
    }

    /// Geodetic latitude and longitude in degrees, by iteration.
    static func geodetic(_ v: Vector) -> (latitude: Double, longitude: Double) {
        let r = (v.x * v.x + v.y * v.y).squareRoot()
        var p = atan2(v.z, r * (1 - e2))
        for _ in 0..<20 {
            let n = a / (1 - e2 * sin(p) * sin(p)).squareRoot()
            p = atan2(v.z + e2 * n * sin(p), r)
        }
        return (p * 180 / .pi, atan2(v.y, v.x) * 180 / .pi)
    }

    static func dot(_ a: Vector, _ b: Vector) -> Double { (a * b).sum() }

    static func rotated(_ v: Vector, about axis: Vector, by degrees: Double) -> Vector {
        // Rodrigues.
        let t = degrees * .pi / 180
        let cross = Vector(
            axis.y * v.z - axis.z * v.y, axis.z * v.x - axis.x * v.z, axis.x * v.y - axis.y * v.x)
        return v * cos(t) + cross * sin(t) + axis * (dot(axis, v) * (1 - cos(t)))
    }

    /// Place and slant range; nil where the ray does not meet the plane under the camera.
    static func place(
        pixel: Point, width: Double, height: Double, pose: Pose
    ) -> (latitude: Double, longitude: Double, range: Double)? {
        guard let lat = pose.latitude, let lon = pose.longitude, let h = pose.relativeAltitude, let yaw = pose.yaw,
            let pitch = pose.pitch, let roll = pose.roll, let fov = pose.horizontalFieldOfView
        else { return nil }
        let (p, l) = (lat * .pi / 180, lon * .pi / 180)
        let east = Vector(-sin(l), cos(l), 0)
        let north = Vector(-sin(p) * cos(l), -sin(p) * sin(l), cos(p))
        let up = Vector(cos(p) * cos(l), cos(p) * sin(l), sin(p))
        // Level camera to the north, then yaw about down, pitch about its right, roll about its axis of sight.
        let axis = rotated(north, about: up * -1, by: yaw)
        var right = rotated(east, about: up * -1, by: yaw)
        let forward = rotated(axis, about: right, by: pitch)
        var down = rotated(up * -1, about: right, by: pitch)
        right = rotated(right, about: forward, by: roll)
        down = rotated(down, about: forward, by: roll)
        let focal = width / 2 / tan(fov / 2 * .pi / 180)
        let ray = forward + right * ((pixel.x - width / 2) / focal) + down * ((pixel.y - height / 2) / focal)
        let foot = earthFixed(latitude: lat, longitude: lon, height: 0)
        let camera = earthFixed(latitude: lat, longitude: lon, height: h)
        let descent = dot(ray, up)
        guard descent < -1e-9 else { return nil }
        let t = dot(foot - camera, up) / descent
        let hit = camera + ray * t
        let place = geodetic(hit)
        return (place.latitude, place.longitude, (ray * t * (ray * t)).sum().squareRoot())
    }

    /// Meters between two places, along the chord.
    static func distance(_ a: (Double, Double), _ b: (Double, Double)) -> Double {
        let d =
            earthFixed(latitude: a.0, longitude: a.1, height: 0) - earthFixed(latitude: b.0, longitude: b.1, height: 0)
        return dot(d, d).squareRoot()
    }
}
