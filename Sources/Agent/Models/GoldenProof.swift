import Foundation
import Integrity
import ModelBundles

/// Remembers that a scene gave its golden results on this machine, with this engine, precision and program.
///
/// Kept in the store, which is as trusted as the program's own files; anything that bears on the results is in the key.
struct GoldenProof {
    private let file: String

    init(
        _ chain: BundleChain, engine: String?, precision: GatewayConfiguration.Engine.Precision, in store: ModelStore
    ) {
        let parts =
            chain.bundles.map(\.digest.description)
            + [engine ?? "none", precision.rawValue, Self.processor, ProgramBuild.current]
        file = "\(store.path)/proofs/\(SHA256Digest(ofUTF8: parts.joined(separator: "\n")).hex)"
    }

    var isKnown: Bool { FileManager.default.fileExists(atPath: file) }

    /// A proof that cannot be noted is made again next time.
    func note() {
        let url = URL(filePath: file)
        try? FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try? Data().write(to: url)
    }

    /// Model and features of the processor.
    private static let processor: String = {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").prefix { !$0.hasPrefix("power management") }
        return lines.filter { line in
            ["model name", "flags", "Features", "CPU part", "CPU implementer"].contains { line.hasPrefix($0) }
        }.joined(separator: "\n")
    }()
}
