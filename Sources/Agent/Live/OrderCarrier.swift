import Foundation
import Logging
import Messaging
import Outbox
import ShrikeCore

/// Works out what an order does, and does it once that is stored.
struct OrderCarrier: Sendable {
    /// What an order comes to.
    struct Effect: Sendable {
        var outcome = "done"
        var reason: String?
        var result: JSONValue?
        var sets: [Outbox.StandingOrder] = []
        var ends: [String] = []
        /// The sources must be opened anew.
        var changesSources = false
        /// Digest of the version of a scene that becomes the active one.
        var desired: String?

        static func failed(_ reason: String) -> Effect { Effect(outcome: "failed", reason: reason) }
    }

    let outbox: Outbox
    let standing: StandingOrders
    let snapshots: SnapshotDesk
    let sources: SourceSupervisor
    let models: DesiredModels
    let logger: Logger

    func effect(of command: Command) async -> Effect {
        switch command.order {
        case .acknowledge(let id, _):
            guard (try? await outbox.hasIssued(id)) == true else {
                return .failed("no alert of this id was issued here")
            }
            return Effect()
        case .mute(let source, let className, let minutes):
            if let problem = unknown(source, className) { return .failed(problem) }
            let order = Outbox.StandingOrder(
                key: StandingOrders.muteKey(source: source, className: className), value: .bool(true),
                seconds: Int64(minutes) * 60)
            return Effect(result: .object(["minutes": .integer(Int64(minutes))]), sets: [order])
        case .unmute(let source, let className):
            return Effect(ends: [StandingOrders.muteKey(source: source, className: className)])
        case .threshold(let source, let className, let value): return threshold(source, className, value)
        case .snapshot(let source):
            guard sources.hasSource(source) else { return .failed("there is no source '\(source)'") }
            guard !standing.isOff(source: source) else { return .failed("the source is off") }
            guard snapshots.request(source: source, commandID: command.id) else {
                return .failed("pictures of this source are waited for already")
            }
            return Effect(result: .object(["topic": .string("snapshot/\(source)")]))
        case .source(let id, let isOn):
            guard sources.hasSource(id) else { return .failed("there is no source '\(id)'") }
            let key = StandingOrders.sourceKey(id)
            guard standing.isOff(source: id) == isOn else { return Effect(reason: "it was so already") }
            return isOn
                ? Effect(ends: [key], changesSources: true)
                : Effect(sets: [.init(key: key, value: .bool(true))], changesSources: true)
        case .model(let name, let digest):
            if let problem = await models.refusal(of: name, digest: digest) { return .failed(problem) }
            return Effect(desired: digest)
        }
    }

    func apply(_ effect: Effect) async {
        for order in effect.sets { standing.set(order) }
        for key in effect.ends { standing.end(key) }
        if effect.changesSources { await sources.reopen() }
        if let digest = effect.desired, let problem = await models.activate(digest) {
            logger.error("ordered model is not taken: \(problem)", metadata: ["digest": "\(digest)"])
        }
    }

    /// Findings can be left out, not made up: below the scene's own threshold its detector gives none.
    private func threshold(_ source: String?, _ className: String, _ value: Double?) -> Effect {
        if let problem = unknown(source, className) { return .failed(problem) }
        let key = StandingOrders.thresholdKey(source: source, className: className)
        guard let value else { return Effect(ends: [key]) }
        if let least = sources.thresholds[className], value < least {
            return .failed(
                "the scene finds nothing of this class below \(JSONValue.number(least, decimals: 3).canonicalText); "
                    + "change the scene to lower that")
        }
        return Effect(sets: [.init(key: key, value: .number(value))])
    }

    private func unknown(_ source: String?, _ className: String?) -> String? {
        if let source, !sources.hasSource(source) { return "there is no source '\(source)'" }
        if let className, sources.thresholds[className] == nil { return "no scene knows the class '\(className)'" }
        return nil
    }
}
