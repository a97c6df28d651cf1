import ShrikeCore
import Testing

@testable import Messaging

@Suite struct AlertFilterTests {
    @Test func topicFiltersNameWhatIsWanted() throws {
        #expect(try AlertFilter().topicFilters == ["shrike/v1/+/+/alert/+/+"])
        let filter = try AlertFilter(
            site: "s", grades: [.critical, .serious], includesReplays: true, includesStatus: true)
        #expect(
            filter.topicFilters == [
                "shrike/v1/s/+/alert/serious/+", "shrike/v1/s/+/alert/critical/+",
                "shrike/v1/s/+/replay/+/alert/serious/+", "shrike/v1/s/+/replay/+/alert/critical/+",
                "shrike/v1/s/+/status",
            ])
        #expect(throws: MessagingError.self) { try AlertFilter(site: "#") }
    }

    @Test func whatAFormerSubscriptionStillDeliversIsLeftOut() throws {
        let filter = try AlertFilter(site: "s", gateway: "g", grades: [.critical])
        func accepts(_ topic: String) -> Bool { TopicAddress(topic).map(filter.accepts) ?? false }
        #expect(accepts("shrike/v1/s/g/alert/critical/c"))
        #expect(!accepts("shrike/v1/s/g/alert/info/c"))
        #expect(!accepts("shrike/v1/s/other/alert/critical/c"))
        #expect(!accepts("shrike/v1/s/g/replay/r/alert/critical/c"))
        #expect(!accepts("shrike/v1/s/g/status"))
        #expect(!accepts("shrike/v1/s/g/metric"))
    }
}
