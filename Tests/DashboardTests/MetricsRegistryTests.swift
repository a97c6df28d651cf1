import Dashboard
import Testing

@Suite struct MetricsRegistryTests {
    @Test func rendersWhatPrometheusReads() {
        let registry = MetricsRegistry()
        registry.add(2, to: "shrike_frames_total", ["source": "a\"b\\c\nd"], help: "Frames.")
        registry.add(to: "shrike_frames_total", ["source": "a\"b\\c\nd"], help: "Frames.")
        registry.set(1.5, for: "shrike_depth", help: "Depth.")
        registry.observe(seconds: 0.003, in: "shrike_stage_seconds", ["stage": "detect"], help: "Time.")
        registry.observe(seconds: 99, in: "shrike_stage_seconds", ["stage": "detect"], help: "Time.")
        let lines = registry.render().split(separator: "\n").map(String.init)
        #expect(lines.prefix(3) == ["# HELP shrike_depth Depth.", "# TYPE shrike_depth gauge", "shrike_depth 1.5"])
        #expect(lines.contains(#"shrike_frames_total{source="a\"b\\c\nd"} 3"#))
        #expect(lines.contains(#"shrike_stage_seconds_bucket{stage="detect",le="0.0025"} 0"#))
        #expect(lines.contains(#"shrike_stage_seconds_bucket{stage="detect",le="0.005"} 1"#))
        #expect(lines.contains(#"shrike_stage_seconds_bucket{stage="detect",le="10"} 1"#))
        #expect(lines.contains(#"shrike_stage_seconds_bucket{stage="detect",le="+Inf"} 2"#))
        #expect(lines.contains(#"shrike_stage_seconds_count{stage="detect"} 2"#))
    }

    @Test func countsFromManyTasksAreNotLost() async {
        let registry = MetricsRegistry()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask { for _ in 0..<500 { registry.add(to: "n", help: "N.") } }
            }
        }
        #expect(registry.render().contains("\nn 4000\n"))
    }
}
