import ShrikeCore
import Testing

@testable import Messaging

@Suite struct TopicsTests {
    @Test func topicsHaveTheAgreedForm() throws {
        let topics = try Topics(site: "plant-1", gateway: "gw_2")
        #expect(try topics.alert(grade: .critical, source: "cam.3") == "shrike/v1/plant-1/gw_2/alert/critical/cam.3")
        #expect(topics.status == "shrike/v1/plant-1/gw_2/status")
        #expect(try topics.sourceState("cam") == "shrike/v1/plant-1/gw_2/source/cam/state")
        #expect(topics.metric == "shrike/v1/plant-1/gw_2/metric")
        #expect(try topics.thumbnail(alertID: "ab") == "shrike/v1/plant-1/gw_2/evidence/ab/thumb")
        #expect(
            try topics.replay(run: "r1").alert(grade: .info, source: "c")
                == "shrike/v1/plant-1/gw_2/replay/r1/alert/info/c")
    }

    @Test(arguments: ["", "a/b", "+", "#", "a b", "ä", "a\0", String(repeating: "x", count: 129)])
    func namesThatWouldChangeTheTreeAreRefused(name: String) throws {
        #expect(throws: MessagingError.self) { try Topics(site: name, gateway: "g") }
        #expect(throws: MessagingError.self) { try Topics(site: "s", gateway: name) }
        let topics = try Topics(site: "s", gateway: "g")
        #expect(throws: MessagingError.self) { try topics.alert(grade: .info, source: name) }
        #expect(throws: MessagingError.self) { try topics.replay(run: name) }
    }

    @Test func aTopicReadsBackAsWhatItSays() throws {
        let topics = try Topics(site: "s", gateway: "g")
        let live = try #require(TopicAddress(topics.alert(grade: .serious, source: "cam")))
        #expect(live.site == "s" && live.gateway == "g" && live.run == nil)
        #expect(live.kind == .alert(grade: "serious", source: "cam"))
        let replay = try #require(TopicAddress(topics.replay(run: "r").alert(grade: .info, source: "cam")))
        #expect(replay.run == "r")
        #expect(TopicAddress(topics.status)?.kind == .status)
        #expect(TopicAddress(try topics.sourceState("c"))?.kind == .sourceState(source: "c"))
        #expect(TopicAddress(try topics.thumbnail(alertID: "x"))?.kind == .thumbnail(alertID: "x"))
        for other in ["", "/", "shrike", "shrike/v2/s/g/status", "shrike/v1/s/g", "shrike/v1/s/g/alert/x", "a/b/c/d/e"]
        {
            #expect(TopicAddress(other) == nil, "\(other)")
        }
    }
}
