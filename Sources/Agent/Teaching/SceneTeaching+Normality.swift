import Detection
import Inference
import Integrity
import ModelBundles
import SceneTraining
import ShrikeCore

/// Teaching what is usual, from footage; the footage itself is not remembered.
extension SceneTeaching {
    /// Pictures that fix the scale of a scene's numbers.
    private static let first = 16
    /// Pictures whose distances set the threshold: the last ones of the footage that was just taught.
    private static let calibrating = 400

    /// Makes the first version of a scene that knows what is usual.
    func newNormality(
        _ name: String, options: Options, progress: @escaping Progress
    ) async throws -> Outcome {
        try await reporting {
            let footage = UsualFootage(footage: options.normal, known: [])
            let size = try await footage.size()
            let input =
                options.input.map { InputSize(width: $0.width, height: $0.height) }
                ?? StudyPlan.input(forWidth: size.width, height: size.height)
            let plan = try StudyPlan(
                base: try desk.base(options.base), in: try desk.store(), input: input,
                precision: options.usesInt8 ? .int8 : .fp32)
            let backbone = try await plan.backbone(taps: [try tap(plan)], requests: 1, desk: desk)
            let learned = try await learn(footage, backbone, study: nil, options.isMoving, progress)
            var record = TeachingRecord(task: .normality)
            _ = record.take(learned.pictures)
            return try await end(
                name, options, plan, before: nil, record, learned, tap: backbone.taps[0].name, progress)
        }
    }

    /// Adds footage to a scene that knows what is usual, or takes it back.
    func changeNormality(
        _ before: TaughtScene, isTakenBack: Bool, options: Options, progress: @escaping Progress
    ) async throws -> Outcome {
        try await reporting {
            guard !options.normal.isEmpty, options.data == nil else {
                throw AgentError(
                    "the scene learns what is usual", at: before.name, remedy: "name footage with --normal")
            }
            let plan = try plan(before)
            let old = try study(before)
            let backbone = try await plan.backbone(taps: [old.tap], requests: 1, desk: desk)
            let taught = Set(before.record.pictures.map(\.digest.description))
            let footage = UsualFootage(footage: options.normal, known: isTakenBack ? [] : taught)
            var record = before.record
            var learned: Learned
            if isTakenBack {
                learned = try await forget(footage, backbone, old.study, taught: taught, progress)
                record.leave(Set(learned.pictures.map(\.digest)))
            } else {
                learned = try await learn(footage, backbone, study: old.study, false, progress)
                _ = record.take(learned.pictures)
            }
            // A threshold that was found before stands where nothing can be looked at.
            if learned.study.pictures == nil, !old.study.isBank {
                learned.calibration = learned.calibration ?? old.calibration
            }
            return try await end(before.name, options, plan, before: before, record, learned, tap: old.tap, progress)
        }
    }

    /// Joins what other gateways found usual.
    func mergeNormality(
        _ before: TaughtScene, with others: [String], options: Options, progress: @escaping Progress
    ) async throws -> Outcome {
        try await reporting {
            let old = try study(before)
            var learned = Learned(study: old.study)
            var record = before.record
            var patient = old.study.isBank ? nil : old.calibration
            var kept = old.study.pictures
            for text in others {
                let other = try desk.taughtScene(text)
                let merge = try SceneMerge(record, with: other, desk: desk)
                let theirs = try study(other)
                try learned.study.join(theirs.study, common: try merge.common.map { try study($0).study })
                if let pictures = theirs.study.pictures { kept?.join(pictures) }
                if !theirs.study.isBank, theirs.calibration.center > patient?.center ?? 0 {
                    patient = theirs.calibration
                }
                record = merge.record
                learned.notes.append("\(merge.added) pictures of \(other.chain.top.manifest.reference) joined")
            }
            learned.calibration = try await threshold(learned.study, lookingAt: kept?.inOrder ?? [])
            // Where others looked at more than was kept, their threshold stands if it is the more patient one.
            if !learned.study.isBank, let patient, patient.center > learned.calibration?.center ?? 0 {
                learned.calibration = patient
            }
            return try await end(
                before.name, options, try plan(before), before: before, record, learned, tap: old.tap, progress)
        }
    }

    /// What a walk through footage gave.
    private struct Learned {
        var study: NormalityStudy
        var pictures: [TaughtPicture] = []
        var calibration: (center: Double, spread: Double)?
        var frames: [PixelBuffer] = []
        var notes: [String] = []
    }

    private func tap(_ plan: StudyPlan) throws(AgentError) -> String {
        guard let tap = plan.files.description.taps.last(where: { $0.stride == 16 }) else {
            throw AgentError(
                "the base has no map of stride 16", at: plan.base.top.manifest.reference,
                remedy: "import one that has")
        }
        return tap.name
    }

    private func study(
        _ scene: TaughtScene
    ) throws -> (study: NormalityStudy, tap: String, calibration: (center: Double, spread: Double)) {
        guard let head = scene.definition.heads.normality else {
            throw AgentError("has no head for what is usual", at: scene.name, remedy: "teach a new scene")
        }
        let study = try NormalityStudy(scene.statistics(), at: scene.chain.top.manifest.reference)
        return (study, head.tap, (head.center, head.spread))
    }

    private func threshold(
        _ study: NormalityStudy, lookingAt recent: [NormalPicture]
    ) async throws -> (center: Double, spread: Double)? {
        study.calibration(
            try await BlockingThread(label: "threshold").run { try study.heldBackPeaks(recent) })
    }

    private func learn(
        _ footage: UsualFootage, _ backbone: Backbone, study: NormalityStudy?, _ isMoving: Bool,
        _ progress: @escaping Progress
    ) async throws -> Learned {
        var study = study
        var waiting: [NormalPicture] = []
        var last: [NormalPicture] = []
        var pictures: [TaughtPicture] = []
        var frames: [PixelBuffer] = []
        let tap = backbone.taps[0]
        let map = NormalPictures.Map(rows: tap.rows, columns: tap.columns, channels: tap.channels)
        func begin() throws {
            guard study == nil, !waiting.isEmpty else { return }
            var made = NormalityStudy(first: waiting, map: map, isMoving: isMoving)
            try made.learn(waiting)
            study = made
            waiting = []
        }
        let repeated = try await footage.forEach(backbone, progress: progress) { look, pixels in
            pictures.append(look.taught)
            if frames.count < GoldenPictures.count { frames.append(pixels) }
            last.append(look.picture)
            if last.count > 2 * Self.calibrating { last.removeFirst(Self.calibrating) }
            if study == nil {
                waiting.append(look.picture)
                if waiting.count == Self.first { try begin() }
            } else {
                try study?.learn([look.picture])
            }
        }
        try begin()
        guard let study, !pictures.isEmpty else { throw footage.noPicture }
        progress("finding the threshold", 0)
        var learned = Learned(study: study, pictures: pictures, frames: frames)
        learned.calibration = try await threshold(study, lookingAt: Array(last.suffix(Self.calibrating)))
        if repeated > 0 { learned.notes.append("\(repeated) pictures were there before and count once") }
        let looked = min(last.count, Self.calibrating)
        if looked < 100 {
            learned.notes.append(
                "threshold for 1 % false alarms is extrapolated from \(looked) pictures; with 100 it is measured")
        }
        return learned
    }

    private func forget(
        _ footage: UsualFootage, _ backbone: Backbone, _ study: NormalityStudy, taught: Set<String>,
        _ progress: @escaping Progress
    ) async throws -> Learned {
        var learned = Learned(study: study)
        try await footage.forEach(backbone, progress: progress) { look, _ in
            guard taught.contains(look.picture.digest.description) else { return }
            try learned.study.learn([look.picture], isTakenAway: true)
            learned.pictures.append(look.taught)
        }
        guard !learned.pictures.isEmpty else {
            throw AgentError(
                "none of the pictures was taught", at: footage.footage.joined(separator: ", "),
                remedy: "name the footage that was taught")
        }
        learned.calibration = try await threshold(learned.study, lookingAt: [])
        learned.notes.append("\(learned.pictures.count) pictures were taken back")
        return learned
    }

    private func end(
        _ name: String, _ options: Options, _ plan: StudyPlan, before: TaughtScene?, _ record: TeachingRecord,
        _ learned: Learned, tap: String, _ progress: @escaping Progress
    ) async throws -> Outcome {
        guard let calibration = learned.calibration else {
            throw AgentError(
                "too few pictures to tell what is usual", at: name, remedy: "bring two at least, better twenty")
        }
        let study = learned.study
        let tensors = try await BlockingThread(label: "solve").run { try study.tensors() }
        let heads = HeadSettings(
            input: .init(width: plan.input.width, height: plan.input.height), precision: plan.precision,
            normality: .init(
                tap: tap, className: NormalityStudy.className, center: calibration.center, spread: calibration.spread,
                prefix: NormalityStudy.prefix))
        let solved = SolvedScene(
            heads: heads, tensors: TensorFile(tensors: tensors),
            statistics: TensorFile(tensors: study.statistics),
            thresholds: [NormalityStudy.className: 0.5],
            gate: GateReport(before: nil, after: [], known: [], tolerance: options.tolerance), notes: learned.notes)
        var round = round(name, options, plan, before: before, record, Lesson(task: .normality))
        round.goldenFrames = learned.frames
        return try await round.finish(solved, progress: progress)
    }
}
