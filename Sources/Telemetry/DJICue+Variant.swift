extension DJICue {
    /// Name of the camera generation the block looks like; nil where it says nothing of telemetry.
    var variant: String? {
        if traits.contains(.hemispheres) { return "autel" }
        if traits.contains(.brackets) { return bracketVariant }
        if traits.contains(.exposureLine) {
            return traits.isDisjoint(with: [.attitudeTuple, .home, .rtk]) ? "dji-p4p" : "dji-p4rtk"
        }
        guard traits.contains(.position) else { return traits.contains(.home) ? "dji-mavic-pro" : nil }
        if traits.contains(.meters) { return "dji-m300" }
        return traits.contains(.satellites) ? "dji-mavic-pro" : "dji-unnamed"
    }

    private var bracketVariant: String? {
        if traits.contains(.stabilizer) { return "dji-avata-360" }
        if traits.contains(.misspelledLongitude) { return "dji-mavic-2" }
        if traits.contains(.frameCount), traits.contains(.dateOnCounterLine), !traits.contains(.font) {
            return "dji-enterprise"
        }
        if traits.contains(.relativeAltitude) {
            if traits.contains(.subtitleCount) || traits.contains(.zoomDelta) || traits.contains(.scaledFNumber) {
                return "dji-mini-3"
            }
            return traits.contains(.gimbal) && !traits.contains(.font) ? "dji-enterprise" : "dji-mavic-3"
        }
        if traits.contains(.altitude) || traits.contains(.subtitleCount) { return "dji-air-2" }
        if traits.contains(.position) { return "dji-mavic-2" }
        // Brackets alone are what subtitles of films hold, too.
        let isCamera = camera.iso != nil || camera.shutterSeconds != nil || fNumberToken != nil || mentionsPosition
        return isCamera ? "dji-mavic-air" : nil
    }
}
