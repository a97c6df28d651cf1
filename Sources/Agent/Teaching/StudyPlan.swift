import Detection
import Foundation
import Inference
import ModelBundles
import SceneTraining
import ShrikeCore

/// What a scene looks at while it is taught and afterwards: base, input and form; fixed when the scene is made.
struct StudyPlan: Sendable {
    let base: BundleChain
    let files: BackboneFiles
    let input: InputSize
    let precision: HeadSettings.Precision

    /// Largest number of pixels that the base sees where nobody says another size: what a gateway passes in tens of milliseconds.
    private static let usualPixels = 320.0 * 320.0
    /// Small pictures are enlarged by so much at most: features of a few pixels say little.
    private static let largestScale = 4.0
    private static let multiple = 32

    /// - Throws: ``AgentError`` where the base has not the form, or takes another size only.
    init(
        base: BundleChain, in store: ModelStore, input: InputSize, precision: HeadSettings.Precision
    ) throws(AgentError) {
        let reference = base.top.manifest.reference
        guard let files = try translating({ try BackboneFiles(base, in: store) }) else {
            throw AgentError("has no base", at: reference, remedy: "name one of shrike base list")
        }
        guard precision != .int8 || files.precisions.contains(.int8) else {
            throw AgentError(
                "the base has no 8-bit form", at: reference,
                remedy: "import it with --calibrate FOOTAGE, or leave out --form int8")
        }
        let own = files.description.input
        guard !own.isFixed || (own.width, own.height) == (input.width, input.height) else {
            throw AgentError(
                "the base takes \(own.width)x\(own.height) only, not \(input.width)x\(input.height)", at: reference,
                remedy: "leave out --input, or import the base with open sizes")
        }
        (self.base, self.files, self.input, self.precision) = (base, files, input, precision)
    }

    /// Size for pictures like these: their shape, at most as many pixels as is usual, whole strides.
    static func input(forWidth width: Int, height: Int) -> InputSize {
        let scale = min(largestScale, (usualPixels / Double(width * height)).squareRoot())
        func rounded(_ size: Int) -> Int {
            max(multiple, Int((Double(size) * scale / Double(multiple)).rounded()) * multiple)
        }
        return InputSize(width: rounded(width), height: rounded(height))
    }

    /// Names of all maps that a picture's kind is told from.
    var classTaps: [String] { files.description.taps.map(\.name) }

    /// Compiles the base with these outputs.
    ///
    /// - Parameter requests: passes that may run at the same time.
    // Not inlined: Swift 6.3.1 fails to split some coroutines that would come of it (release).
    @inline(never)
    func backbone(taps: [String], requests: Int, desk: ModelDesk) async throws -> Backbone {
        let plan = self
        var settings = NetworkSettings(
            engine: NetworkSettings.Engine(rawValue: desk.options.engine.choice.rawValue) ?? .auto,
            threadsPerRequest: 1, concurrentRequests: requests, cacheDirectory: desk.options.cacheFolder,
            enginePath: desk.options.engine.folder)
        settings.precision = .float32
        return try await BlockingThread(label: "base").run { [settings] in
            try HeadSceneLoading.backbone(
                plan.files, precision: plan.precision, taps: taps, input: plan.input, settings: settings)
        }
    }
}

extension ModelDesk {
    /// The base that a text names; without one the only base of the store.
    func base(_ text: String?) throws(AgentError) -> BundleChain {
        let store = try store()
        let chain: BundleChain
        if let text {
            chain = try resolve(text)
        } else {
            let bases = try translating {
                try store.layout.index().names.filter { BundleAddress.isReference($0) }.filter {
                    try store.resolve(.reference($0)).top.manifest.level != .l2
                }
            }
            guard bases.count == 1 else {
                throw AgentError(
                    bases.isEmpty ? "there is no base yet" : "there are \(bases.count) bases", at: store.path,
                    remedy: bases.isEmpty
                        ? "make one with `shrike base import`"
                        : "choose: --base \(bases.sorted().joined(separator: " or "))")
            }
            chain = try resolve(bases[0])
        }
        guard chain.top.manifest.level != .l2 else {
            throw AgentError(
                "'\(text ?? "")' is a scene, not a base", at: store.path, remedy: "name one of shrike base list")
        }
        return try translating { try store.take(chain) }
    }
}
