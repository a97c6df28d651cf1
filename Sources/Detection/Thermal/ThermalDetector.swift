import Kernels
public import ShrikeCore

/// Finds hot spots on thermal frames by statistics, without a network; the method is described in `Thermal.md`.
///
/// Takes `gray8`, `gray16` and `bgr8` frames; of the latter the luma is used, so that grey video works as it is and
/// palettes
/// whose brightness rises with temperature (white hot, iron) still rank correctly, but without a scale. Temperatures
/// come
/// from the frame's scale, else from the scene's, and only for grey pictures. One instance per worker thread: its
/// working
/// memory is reused. The result depends on the frame only.
public final class ThermalDetector: Detector {
    private let scene: SceneDefinition
    private let settings: ThermalSettings
    private let classes: HotRegionClasses
    private var planes: ThermalPlanes?

    public init(scene: SceneDefinition) {
        self.scene = scene
        settings = scene.thermal
        classes = HotRegionClasses(scene: scene)
    }

    /// Detections, best score first; none for pictures under 32 pixels a side.
    public func detect(_ frame: Frame) -> [Detection] {
        let pixels = frame.pixels
        guard pixels.width >= 32, pixels.height >= 32, pixels.width <= 1 << 15, pixels.height <= 1 << 15 else {
            return []
        }
        // Taken out while it is worked on, so that its arrays are changed in place.
        var kept: ThermalPlanes?
        swap(&kept, &planes)
        if kept?.width != pixels.width || kept?.height != pixels.height { kept = nil }
        var work = kept ?? ThermalPlanes(width: pixels.width, height: pixels.height)
        kept = nil
        defer { swap(&planes, &kept) }
        defer { kept = work }
        pixels.withUnsafeBytes { work.load($0, stride: pixels.bytesPerRow, layout: pixels.format.layout) }
        let scale = frame.thermalScale ?? settings.scale
        guard let like = LikeLevels(planes: &work, settings: settings, scale: scale, format: pixels.format) else {
            return []
        }
        work.mark(levels: like.levels, thresholds: like.thresholds, lowShare: LikeLevels.lowShare)
        let regions = HotRegion.regions(in: &work, like: like, settings: settings)
        guard !regions.isEmpty else { return [] }
        let module = ModuleSize(planes: &work)
        let found = HotRegion.joinedModules(regions, module: module).compactMap {
            detection(of: $0, module: module, scale: scale, like: like)
        }
        return Array(found.sorted(by: Self.isBetter).prefix(max(0, scene.detector.maximumDetections)))
    }

    private static func isBetter(_ a: Detection, _ b: Detection) -> Bool {
        (b.score, a.box.y, a.box.x) < (a.score, b.box.y, b.box.x)
    }

    private func detection(
        of region: HotRegion, module: ModuleSize?, scale: ThermalScale?, like: LikeLevels
    ) -> Detection? {
        let rise = region.hot - region.normal
        guard rise >= like.minimumRise else { return nil }
        guard let found = classes.classify(region, module: module) else { return nil }
        // 0.5 at the threshold, 0.75 at twice the threshold: monotone in contrast, never 1.
        let score = 1 - 1 / (1 + max(0, rise / region.threshold))
        guard score >= found.threshold else { return nil }
        return Detection(
            scene: scene.name, className: found.code, score: score, box: region.box, outline: region.outline,
            thermal: reading(region, rise: rise, scale: scale))
    }

    private func reading(_ region: HotRegion, rise: Double, scale: ThermalScale?) -> ThermalReading {
        let sigma = rise / max(region.spread, 1e-6)
        guard let scale, scale.gain > 0 else { return ThermalReading(contrastSigma: sigma) }
        let (hot, normal) = (scale.celsius(region.hot), scale.celsius(region.normal))
        var relative: Double?
        // Above 100 % the like part would be colder than the surroundings: inputs that DL/T 664 does not mean.
        if let ambient = settings.ambientCelsius, normal >= ambient, hot > ambient {
            relative = (hot - normal) / (hot - ambient) * 100
        }
        return ThermalReading(
            hotCelsius: hot, normalCelsius: normal, ambientCelsius: settings.ambientCelsius, deltaKelvin: hot - normal,
            relativePercent: relative, contrastSigma: sigma)
    }
}

extension PixelFormat {
    fileprivate var layout: ThermalPlanes.Layout {
        switch self {
        case .bgr8: .bgr8
        case .gray8: .gray8
        case .gray16: .gray16
        }
    }
}
