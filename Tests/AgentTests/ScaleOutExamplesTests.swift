import Foundation
import Testing
import Yams

/// The examples of `deploy/scale-out` are what their programs take.
struct ScaleOutExamplesTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "deploy/scale-out")

    private func jobs() throws -> [[String: Any]] {
        let text = try String(contentsOf: Self.folder.appending(path: "kubernetes.yaml"), encoding: .utf8)
        return try Yams.load_all(yaml: text).compactMap { $0 as? [String: Any] }
    }

    private func pod(_ job: [String: Any]) throws -> [String: Any] {
        let spec = try #require(job["spec"] as? [String: Any])
        let template = try #require(spec["template"] as? [String: Any])
        return try #require(template["spec"] as? [String: Any])
    }

    private func script(_ job: [String: Any]) throws -> String {
        let container = try #require((try pod(job)["containers"] as? [[String: Any]])?.first)
        return try #require((container["args"] as? [String])?.first)
    }

    @Test func `the Kubernetes job has one index per shard`() throws {
        let jobs = try jobs()
        #expect(jobs.map { $0["kind"] as? String } == ["Job", "Job"])
        #expect(jobs.allSatisfy { $0["apiVersion"] as? String == "batch/v1" })
        let spec = try #require(jobs[0]["spec"] as? [String: Any])
        #expect(spec["completionMode"] as? String == "Indexed")
        let count = try #require(spec["completions"] as? Int)
        let script = try script(jobs[0])
        #expect(script.contains("--shard \"$((JOB_COMPLETION_INDEX + 1))/\(count)\""))
        #expect(script.contains("--out \"/results/shard-$JOB_COMPLETION_INDEX\""))
        #expect(!script.contains("\n"), "one command")
    }

    @Test func `what the API server refuses together does not stand together`() throws {
        for job in try jobs() {
            let spec = try #require(job["spec"] as? [String: Any])
            let policy = try #require(try pod(job)["restartPolicy"] as? String)
            if spec["backoffLimitPerIndex"] != nil { #expect(policy == "Never") }
            #expect(["Never", "OnFailure"].contains(policy))
        }
    }

    @Test func `every volume that is mounted is there`() throws {
        for job in try jobs() {
            let pod = try pod(job)
            let volumes = (pod["volumes"] as? [[String: Any]])?.compactMap { $0["name"] as? String }
            let container = (pod["containers"] as? [[String: Any]])?.first
            let mounts = (container?["volumeMounts"] as? [[String: Any]])?.compactMap { $0["name"] as? String }
            #expect(try #require(mounts) == #require(volumes))
        }
    }

    @Test func `the merge job names the folders that the shards write`() throws {
        let script = try script(try #require(try jobs().last))
        #expect(script.contains("--merge /results/shard-* --out /results/merged"))
    }

    @Test func `the Slurm script is one that bash can read`() throws {
        let process = Process()
        (process.executableURL, process.arguments) = (
            URL(filePath: "/bin/bash"), ["-n", Self.folder.appending(path: "slurm.sbatch").path]
        )
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        let text = try String(contentsOf: Self.folder.appending(path: "slurm.sbatch"), encoding: .utf8)
        #expect(text.contains("--shard \"$SLURM_ARRAY_TASK_ID/$SLURM_ARRAY_TASK_COUNT\""))
    }
}
