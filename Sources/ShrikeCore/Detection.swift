/// One defect candidate in one frame, as one scene saw it.
public struct Detection: Hashable, Sendable, Codable {
    /// Scene that decided, by its name.
    public var scene: String
    /// Class code of the scene, e.g. `hot_cell`.
    public var className: String
    /// 0 to 1.
    public var score: Double
    /// Pixels of the source picture.
    public var box: Box
    /// Outline in pixels of the source picture, where the kernel gives one.
    public var outline: [Point]?
    public var thermal: ThermalReading?

    public init(
        scene: String, className: String, score: Double, box: Box, outline: [Point]? = nil,
        thermal: ThermalReading? = nil
    ) {
        (self.scene, self.className, self.score, self.box) = (scene, className, score, box)
        (self.outline, self.thermal) = (outline, thermal)
    }
}

/// What a thermal frame says of one region. Temperatures in °C where the scale is known; otherwise only the relative
/// measure exists.
public struct ThermalReading: Hashable, Sendable, Codable {
    /// Hot point (T1).
    public var hotCelsius: Double?
    /// Normal like part (T2): median of like neighbours.
    public var normalCelsius: Double?
    /// Ambient reference (T0).
    public var ambientCelsius: Double?
    /// T1 - T2 in kelvin.
    public var deltaKelvin: Double?
    /// (T1 - T2) / (T1 - T0) in percent, DL/T 664.
    public var relativePercent: Double?
    /// Contrast in units of the robust spread of like neighbours; always known.
    public var contrastSigma: Double

    public init(
        hotCelsius: Double? = nil, normalCelsius: Double? = nil, ambientCelsius: Double? = nil,
        deltaKelvin: Double? = nil, relativePercent: Double? = nil, contrastSigma: Double
    ) {
        (self.hotCelsius, self.normalCelsius, self.ambientCelsius) = (hotCelsius, normalCelsius, ambientCelsius)
        (self.deltaKelvin, self.relativePercent, self.contrastSigma) = (deltaKelvin, relativePercent, contrastSigma)
    }
}
