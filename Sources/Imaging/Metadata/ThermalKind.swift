/// Raw thermal counts hidden in a picture file beside the preview that ordinary readers show.
public enum ThermalKind: String, Hashable, Sendable, Codable {
    /// DJI R-JPEG: 16-bit counts in APP3, parameters in APP4.
    case djiRadiometric
    /// FLIR radiometric JPEG: an FFF record in APP1.
    case flirRadiometric
}
