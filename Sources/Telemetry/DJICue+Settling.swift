import ShrikeCore

extension DJICue {
    /// Draws the conclusions that need the whole block: shape of the coordinates, scale of the optics.
    mutating func settle() {
        settlePosition()
        settleOptics()
    }

    private mutating func settlePosition() {
        if let namedLatitude, let namedLongitude {
            position = CoordinatePair(first: namedLatitude, second: namedLongitude, shape: .explicit)
            traits.insert(.position)
        }
        let shape: CoordinatePair.Shape
        if traits.contains(.exposureLine) {
            shape = .exposureLine
        } else if traits.contains(.meters) {
            shape = .meters
        } else if traits.contains(.satellites), !traits.isDisjoint(with: [.home, .barometer]) {
            shape = .satellites
        } else {
            shape = .unknown
        }
        if let pair = position, pair.shape != .explicit { position?.shape = shape }
        if let pair = home, pair.shape != .explicit { home?.shape = shape }
    }

    /// Older generations write whole numbers: f-number ×100, focal length ×10, zoom ×10,000. Newer ones write a point.
    private mutating func settleOptics() {
        var isScaled: Bool?
        if let token = fNumberToken {
            let scaled = !token.hasPoint && token.value >= 40
            camera.fNumber = Float(scaled ? token.value / 100 : token.value)
            isScaled = scaled
            if scaled { traits.insert(.scaledFNumber) }
        }
        if let token = focalToken, token.value > 0 {
            let scaled = !token.hasPoint && (isScaled ?? (token.value >= 100))
            camera.focalLength35 = Float(scaled ? token.value / 10 : token.value)
        }
        if let token = zoomToken, token.value > 0 {
            camera.digitalZoom = Float(!token.hasPoint && token.value >= 1000 ? token.value / 10_000 : token.value)
        }
        pose.horizontalFieldOfView = camera.focalLength35.flatMap {
            Angle.horizontalFieldOfView(focalLength35: Double($0), digitalZoom: Double(camera.digitalZoom ?? 1))
        }
    }
}
