import ShrikeCore
import Telemetry
import Testing

@Suite("Overlapping stills")
struct OverlappingStillsTests {
    /// Poses that two stills of 4000 x 2250 carry in EXIF and XMP (`geo_stills`, 13.8 m apart, 40 m high).
    static let first = Pose(
        latitude: 46.842607083333334, longitude: -91.99455988888889, relativeAltitude: 39.8, yaw: 45, pitch: -89.9,
        roll: 0, horizontalFieldOfView: 83.97442499163333)
    static let second = Pose(
        latitude: 46.84269066666667, longitude: -91.99442727777777, relativeAltitude: 40.1, yaw: 42.8, pitch: -89.9,
        roll: 0, horizontalFieldOfView: 83.97442499163333)

    /// Pixels of the same marks on the road and stones beside it in both, by feature matching.
    static let marks: [(Point, Point)] = [
        (Point(x: 3153.2, y: 203.0), Point(x: 3087.5, y: 1146.6)),
        (Point(x: 3493.6, y: 592.2), Point(x: 3399.0, y: 1562.7)),
        (Point(x: 3571.2, y: 556.8), Point(x: 3476.2, y: 1529.3)),
        (Point(x: 3662.0, y: 788.3), Point(x: 3554.5, y: 1770.1)),
        (Point(x: 3694.5, y: 940.0), Point(x: 3573.5, y: 1921.5)),
        (Point(x: 3694.5, y: 1105.9), Point(x: 3566.6, y: 2087.4)),
    ]

    @Test("both place the same mark within the stated errors")
    func samePlace() throws {
        let projection = GroundProjection(imageWidth: 4000, imageHeight: 2250)
        for (a, b) in Self.marks {
            let one = try projection.place(of: a, pose: Self.first, method: .xmp).get()
            let other = try projection.place(of: b, pose: Self.second, method: .xmp).get()
            let distance = EarthFixedProjection.distance(
                (one.latitude, one.longitude), (other.latitude, other.longitude))
            let both =
                one.circularErrorMeters * one.circularErrorMeters
                + other.circularErrorMeters * other.circularErrorMeters
            #expect(distance <= both.squareRoot())
        }
    }
}
