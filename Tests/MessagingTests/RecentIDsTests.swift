import Testing

@testable import Messaging

@Suite struct RecentIDsTests {
    @Test func anIDIsKnownUntilSoManyOthersCame() {
        var recent = RecentIDs(capacity: 3)
        let answers = ["a", "b", "c", "a", "d", "a", "d", "c", "b"].map { recent.insert($0) }
        // "d" pushes out "a", "a" pushes out "b", "b" pushes out "c".
        #expect(answers == [true, true, true, false, true, true, false, false, true])
    }
}
