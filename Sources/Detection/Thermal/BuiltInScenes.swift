public import ShrikeCore

/// Scenes that need no bundle.
public enum BuiltInScenes {
    /// Hot cells, substrings, modules and strings of solar fields seen from a drone.
    ///
    /// Thresholds are for frames of 5 pixels a cell and more (IEC TS 62446-3). The bands of temperature rise are
    /// those
    /// published by survey companies and are convention, not part of the standard, which classifies by pattern.
    public static let thermalSolar = SceneDefinition(
        name: "thermal-solar", version: "1.0.0", kind: .thermal,
        classes: [
            ClassDefinition(code: "hot_cell", names: ["en": "hot cell", "zh": "热斑电池片"], threshold: 0.5),
            ClassDefinition(
                code: "hot_substring", names: ["en": "hot substring (bypass diode)", "zh": "组件子串发热（旁路二极管）"],
                threshold: 0.5),
            ClassDefinition(code: "hot_module", names: ["en": "hot module", "zh": "组件整体发热"], threshold: 0.5),
            ClassDefinition(
                code: "hot_string", names: ["en": "hot string", "zh": "组串发热"], threshold: 0.5, grade: .serious),
        ],
        thermal: ThermalSettings(
            sigma: 5, minimumDeltaKelvin: 4, minimumContrast: 14, minimumArea: 12, maximumAreaFraction: 0.2),
        gradeRules: [
            GradeRule(
                id: "pv-delta-t", standard: "IEC TS 62446-3", edition: "2017",
                clause: "7 (pattern); rise bands by convention",
                source: "published bands of survey companies (10 K, 20 K; 40 K in common practice)",
                classes: ["hot_cell", "hot_substring", "hot_module", "hot_string"], quantity: .deltaKelvin,
                atLeast: ["general": 4, "serious": 20, "critical": 40])
        ])
}
