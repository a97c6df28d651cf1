import Detection
import Foundation
import FrameSources
import Inference
import Integrity
import ModelBundles
import SceneTraining
import ShrikeCore

/// The numbers that a picture's kind is told from: mean and deviation of every channel of the base's maps. Kept beside the
/// pictures, because they are asked for again at every teaching.
struct PictureVectors: Sendable {
    let backbone: Backbone
    let memory: PictureMemory
    let workers: Int
    private let key: SHA256Digest

    init(_ plan: StudyPlan, backbone: Backbone, memory: PictureMemory, workers: Int) {
        (self.backbone, self.memory, self.workers) = (backbone, memory, workers)
        let network = backbone.network
        key = SHA256Digest(
            ofUTF8: [
                plan.files.key, plan.precision.rawValue, "\(plan.input.width)x\(plan.input.height)",
                network.engine.rawValue, network.engineVersion, backbone.taps.map(\.name).joined(separator: ","),
            ].joined(separator: "\n"))
    }

    var count: Int { backbone.taps.reduce(0) { $0 + 2 * $1.channels } }

    /// Vectors of pictures, in order.
    ///
    /// - Throws: ``AgentError`` for the first picture that is neither in memory nor can be decoded.
    func vectors(
        of pictures: [TaughtPicture], progress: @escaping @Sendable (Int) -> Void
    ) async throws -> [[Float]] {
        let (memory, key, count, taps) = (memory, key, count, backbone.taps.indices)
        var found = pictures.map { memory.features($0.digest, key: key, count: count) }
        let missing = found.indices.filter { found[$0] == nil }
        let known = pictures.count - missing.count
        progress(known)
        let made = try await FeatureWork(backbone: backbone, workers: workers).map(
            count: missing.count,
            picture: { number in
                let picture = pictures[missing[number]]
                guard let bytes = memory.picture(picture.digest) else {
                    throw AgentError(
                        "picture is not on this gateway", at: picture.name,
                        remedy: "bring it with --data, where it was taught elsewhere")
                }
                return try StillPicture.decode([UInt8](bytes), name: picture.name)
            },
            take: { number, features in
                let vector = taps.flatMap { features.moments($0) }
                try memory.keep(vector, of: pictures[missing[number]].digest, key: key)
                return vector
            }, progress: { progress(known + $0) })
        for (position, vector) in zip(missing, made) { found[position] = vector }
        return found.compactMap(\.self)
    }

    /// Pictures that vectors can be had of here.
    func here(_ pictures: [TaughtPicture]) -> [TaughtPicture] {
        pictures.filter { memory.has($0.digest) || memory.features($0.digest, key: key, count: count) != nil }
    }
}
