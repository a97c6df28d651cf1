import Foundation
public import ShrikeCore

/// How large a box is on level ground.
public enum GroundSize {
    /// Side of the square of the box's area on the ground, and meters a pixel there.
    ///
    /// Pinhole camera, level ground, roll left out; what lies flat is stretched along the line of sight. Nil where the pose
    /// lacks height, pitch or field of view, or the box is at or above 5 degrees below the horizon.
    ///
    /// - Parameters:
    ///   - box: fractions of the picture: x, y, width, height.
    ///   - imageWidth: pixels of the source picture.
    public static func side(
        of box: Box, imageWidth: Int, imageHeight: Int, pose: Pose
    ) -> (meters: Double, metersPerPixel: Double)? {
        guard let height = pose.relativeAltitude, height.isFinite, height > 0.5, let pitch = pose.pitch,
            let fieldOfView = pose.horizontalFieldOfView, (1...170).contains(fieldOfView), imageWidth > 0,
            imageHeight > 0, box.width > 0, box.height > 0
        else { return nil }
        let focal = Double(imageWidth) / 2 / tan(fieldOfView * .pi / 360)
        let y = (box.center.y - 0.5) * Double(imageHeight) / focal
        let down = -pitch * .pi / 180 + atan(y)
        guard down > 5 * .pi / 180, down < 175 * .pi / 180 else { return nil }
        let depth = height / sin(down)
        let scale = depth * cos(atan(y)) / focal
        let area = box.width * Double(imageWidth) * box.height * Double(imageHeight) * scale * scale / sin(down)
        guard area.isFinite, area > 0 else { return nil }
        return (area.squareRoot(), scale / sin(down).squareRoot())
    }
}
