import Foundation
import Messaging
import ShrikeCore
import Testing

@Suite struct CommandDeskTests {
    private let time = Timestamp(microseconds: 1_700_000_000_000_000)
    private let topics: Topics

    init() throws { topics = try Topics(site: "s", gateway: "g") }

    /// A stand-in for a signature: FNV-1a of the bytes.
    private static func seal(_ bytes: [UInt8]) -> String {
        String(bytes.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }, radix: 16)
    }

    private func desk(hasKey: Bool = true) -> CommandDesk {
        let accepts: @Sendable (String, [UInt8]) -> Bool = { signature, bytes in signature == Self.seal(bytes) }
        return CommandDesk(topics: topics, site: "s", gateway: "g", accepts: hasKey ? accepts : nil)
    }

    private func command(_ order: Order, signed: Bool = false, age: Double = 0) -> Command {
        var command = Command(
            id: "order-\(UUID().uuidString)", order: order,
            issuedAt: Timestamp(microseconds: time.microseconds - Int64(age * 1e6)), site: "s", gateway: "g", by: "me")
        if signed { command.signature = Self.seal(command.signedBytes) }
        return command
    }

    private func message(_ command: Command, _ change: (inout MQTTMessage) -> Void = { _ in }) -> MQTTMessage {
        var message = MQTTMessage(
            topic: topics.command(command.order.verb), payload: Array(command.json.canonicalText.utf8),
            responseTopic: "desk/answers", correlationData: [1, 2], expirySeconds: 30)
        change(&message)
        return message
    }

    private func verdict(
        _ message: MQTTMessage, hasKey: Bool = true, isSynced: Bool = true
    ) -> CommandDesk.Verdict {
        var desk = desk(hasKey: hasKey)
        return desk.take(message, now: .zero, time: time, isSynced: isSynced)
    }

    private func isRefused(_ verdict: CommandDesk.Verdict, _ reason: String) -> Bool {
        if case .refuse(_, let text, _) = verdict { text.contains(reason) } else { false }
    }

    private let mute = Order.mute(source: "cam", className: nil, minutes: 5)

    @Test(arguments: [
        Order.acknowledge(alertID: String(repeating: "a", count: 32), note: "seen"), .snapshot(source: "cam"),
        .unmute(source: nil, className: "tear"),
    ])
    func aHarmlessOrderIsCarriedOutWithoutSignature(_ order: Order) throws {
        let command = command(order)
        let verdict = verdict(message(command), hasKey: false, isSynced: false)
        #expect(verdict == .carryOut(command, answer: .init(topic: "desk/answers", correlation: [1, 2])))
    }

    @Test func everyOrderComesBackAsItWasWritten() throws {
        let orders: [Order] = [
            .acknowledge(alertID: String(repeating: "a", count: 32), note: nil), mute,
            .unmute(source: nil, className: nil), .threshold(source: nil, className: "tear", value: 0.55),
            .threshold(source: "cam", className: "tear", value: nil), .threshold(source: nil, className: "t", value: 1),
            .snapshot(source: "cam"), .source(id: "cam", isOn: false),
            .model(name: "belt", digest: "sha256:" + String(repeating: "0", count: 64)),
        ]
        for order in orders {
            let command = command(order, signed: true)
            let document = try JSONValue(parsing: Array(command.json.canonicalText.utf8))
            #expect(Command(document) == command, "\(order)")
            let verdict = try SchemaCheck.validate([document.canonicalText], against: MessageSchema.command.text)
            #expect(verdict == nil, "\(verdict ?? "")")
        }
    }

    @Test func aDangerousOrderNeedsTheRightSignatureAndAClock() {
        #expect(isRefused(verdict(message(command(mute))), "must be signed"))
        #expect(isRefused(verdict(message(command(mute, signed: true)), hasKey: false), "no key"))
        #expect(isRefused(verdict(message(command(mute, signed: true, age: 61))), "issued 61 s ago"))
        #expect(isRefused(verdict(message(command(mute, signed: true, age: -61))), "issued"))
        var forOther = command(mute)
        forOther.site = nil
        forOther.signature = Self.seal(forOther.signedBytes)
        #expect(isRefused(verdict(message(forOther)), "must name site"))
        let right = command(mute, signed: true, age: 59)
        #expect(verdict(message(right)) == .carryOut(right, answer: .init(topic: "desk/answers", correlation: [1, 2])))
    }

    /// Also where the gateway's clock is not set: what was kept and is sent later changes nothing.
    @Test func anOlderSignedOrderIsNotTakenAfterANewerOne() {
        var desk = desk()
        let (kept, newer) = (command(mute, signed: true, age: 40), command(mute, signed: true, age: 20))
        for (order, isTaken) in [(newer, true), (kept, false), (newer, true)] {
            let verdict = desk.take(message(order), now: .zero, time: Timestamp(microseconds: 0), isSynced: false)
            if case .carryOut = verdict { #expect(isTaken) } else { #expect(!isTaken) }
        }
        #expect(desk.lastSigned == newer.issuedAt)
    }

    @Test func retainedLateLargeOrMisplacedOrdersAreRefused() {
        let good = command(.snapshot(source: "cam"))
        #expect(isRefused(verdict(message(good) { $0.isRetained = true }), "retained"))
        #expect(isRefused(verdict(message(good) { $0.expirySeconds = nil }), "expiry"))
        #expect(isRefused(verdict(message(good) { $0.expirySeconds = 61 }), "expiry"))
        #expect(isRefused(verdict(message(good) { $0.payload += [UInt8](repeating: 32, count: 70_000) }), "64 KiB"))
        #expect(isRefused(verdict(message(good) { $0.topic = "shrike/v1/s/g/cmd/mute" }), "another verb"))
        var other = good
        other.gateway = "h"
        #expect(isRefused(verdict(message(other)), "another gateway"))
    }

    @Test func anAnswerNeverLooksLikeAGatewaysMessage() {
        let good = command(.snapshot(source: "cam"))
        for topic in [
            "shrike/v1/s/g/alert/critical/cam", "a/+/b", "#", "", "$SYS/x", String(repeating: "a", count: 300),
        ] {
            #expect(verdict(message(good) { $0.responseTopic = topic }) == .carryOut(good, answer: nil), "\(topic)")
        }
        let own = verdict(message(good) { $0.responseTopic = "shrike/v1/s/g/reply/x" })
        #expect(own == .carryOut(good, answer: .init(topic: "shrike/v1/s/g/reply/x", correlation: [1, 2])))
    }

    @Test func tooManyOrdersAtOnceAreNotCarriedOut() {
        var desk = desk()
        var accepted = 0
        for _ in 0..<1000 {
            if case .carryOut = desk.take(
                message(command(.snapshot(source: "cam"))), now: .seconds(1), time: time, isSynced: true)
            {
                accepted += 1
            }
        }
        #expect(accepted == 10)
        #expect(desk.counts.accepted + desk.counts.refused == 1000)
    }

    /// Promise D4: ten thousand malformed orders change nothing, and at most one a second is answered.
    @Test func tenThousandMalformedOrdersAreCountedAndChangeNothing() throws {
        var desk = desk()
        var state: UInt64 = 44
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let sound = Array(command(mute, signed: true).json.canonicalText.utf8)
        var answers = 0
        let seconds = 20
        for index in 0..<10_000 {
            var payload = sound
            switch index % 8 {
            case 0: payload = (0..<random(300)).map { _ in UInt8(random(256)) }
            case 1: payload.removeLast(1 + random(payload.count - 1))
            case 2: payload = Array(String(repeating: "[", count: 33 + random(5000)).utf8)
            case 3: payload[random(payload.count)] ^= UInt8(1 << random(7))
            case 4: payload = Array(#"{"schema":"shrike.command/1","cmd_id":5,"verb":["mute"],"arguments":null}"#.utf8)
            case 5: payload = Array(#"{"arguments":{"minutes":1e308},"cmd_id":"aaaaaaaa","extra":1}"#.utf8)
            case 6: payload.insert(0, at: random(payload.count))
            default: payload = []
            }
            guard payload != sound else { continue }
            let verdict = desk.take(
                message(command(mute)) { $0.payload = payload },
                now: .milliseconds(index * seconds * 1000 / 10_000), time: time, isSynced: true)
            switch verdict {
            case .carryOut: Issue.record("message \(index) was carried out")
            case .refuse(_, _, let answer): if answer != nil { answers += 1 }
            }
        }
        #expect(answers > 1 && answers <= seconds + 3)
        #expect(desk.counts.accepted == 0 && desk.counts.unanswered == desk.counts.refused - answers)
    }
}
