public import ShrikeCore

/// All facts of one run, from which every file of `replay --out` is made.
public struct RunReport: Sendable {
    /// A model that took part, with the scene definition it stands for.
    public struct SceneUse: Hashable, Sendable {
        public var definition: SceneDefinition
        public var lineage: Lineage
        /// What ran it, e.g. `openvino int8, 2 threads`; nil for scenes without a network.
        public var engine: String?

        public init(definition: SceneDefinition, lineage: Lineage, engine: String? = nil) {
            (self.definition, self.lineage, self.engine) = (definition, lineage, engine)
        }
    }

    public var site: String
    public var gateway: String
    /// Version of the program.
    public var version: String
    /// Name of the run, as in the topic of replayed alerts.
    public var run: String
    public var sources: [SourceReport]
    public var scenes: [SceneUse]
    /// Every alert event in order.
    public var alerts: [Alert]
    /// Detections by class code, alerts or not.
    public var detectionsByClass: [String: Int]
    public var timings: StageTimings
    /// Wall time of the whole run.
    public var wallSeconds: Double
    /// Identity of each defect at the site, over flights, by ``Alert/defectID``; empty where none was given.
    public var siteDefectIDs: [String: String] = [:]
    /// Longer notes for the reader, e.g. that no telemetry was found.
    public var notes: [String]

    public init(
        site: String, gateway: String, version: String, run: String, sources: [SourceReport] = [],
        scenes: [SceneUse] = [], alerts: [Alert] = [], detectionsByClass: [String: Int] = [:],
        timings: StageTimings = StageTimings(), wallSeconds: Double = 0, notes: [String] = []
    ) {
        (self.site, self.gateway, self.version, self.run) = (site, gateway, version, run)
        (self.sources, self.scenes, self.alerts) = (sources, scenes, alerts)
        (self.detectionsByClass, self.timings) = (detectionsByClass, timings)
        (self.wallSeconds, self.notes) = (wallSeconds, notes)
    }

    public var framesRead: Int { sources.reduce(0) { $0 + $1.framesRead } }
    public var framesAnalyzed: Int { sources.reduce(0) { $0 + $1.framesAnalyzed } }
    public var framesUnchanged: Int { sources.reduce(0) { $0 + $1.framesUnchanged } }

    public var framesDropped: Int { sources.reduce(0) { $0 + $1.framesDropped } }

    public var skippedByReason: [String: Int] {
        sources.reduce(into: [:]) { $0.merge($1.skippedByReason, uniquingKeysWith: +) }
    }

    /// One defect each, worst first.
    public var defects: [DefectReport] {
        DefectReport.grouped(alerts).map { defect in
            var defect = defect
            defect.siteDefectID = siteDefectIDs[defect.best.defectID]
            return defect
        }
    }

    /// Classes of all scenes in order; position + 1 is the `category_id` of `detections.json`.
    public var categories: [CategoryIndex.Category] { CategoryIndex(scenes.map(\.definition)).categories }
}
