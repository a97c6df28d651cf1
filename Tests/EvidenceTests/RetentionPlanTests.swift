import Evidence
import ShrikeCore
import Testing

@Suite struct RetentionPlanTests {
    private func item(_ id: String, _ grade: Grade, bytes: Int64 = 100, day: Int64) -> RetentionPlan.Item {
        .init(
            name: EvidenceName(alertID: id, grade: grade, kind: .image), bytes: bytes,
            time: Timestamp(microseconds: day * 86_400_000_000))
    }

    private let now = Timestamp(microseconds: 100 * 86_400_000_000)

    @Test func keepsEverythingWithinTheLimits() {
        let plan = RetentionPlan(
            items: [item("a", .info, day: 99)], limits: .init(maximumBytes: 100, maximumAgeDays: 30), now: now)
        #expect(plan.removed.isEmpty)
        #expect(plan.keptBytes == 100)
    }

    @Test func removesTheLowestGradeFirstThenTheOldest() {
        let items = [
            item("old-critical", .critical, day: 80), item("new-info", .info, day: 99),
            item("old-info", .info, day: 90),
            item("serious", .serious, day: 70),
        ]
        let plan = RetentionPlan(items: items, limits: .init(maximumBytes: 150, maximumAgeDays: nil), now: now)
        #expect(plan.removed.map(\.alertID) == ["old-info", "new-info", "serious"])
        #expect(plan.keptBytes == 100)
    }

    @Test func ageGoesBeforeGrade() {
        let items = [item("ancient", .critical, day: 10), item("young", .info, day: 99)]
        let plan = RetentionPlan(items: items, limits: .init(maximumBytes: 1000, maximumAgeDays: 30), now: now)
        #expect(plan.removed.map(\.alertID) == ["ancient"])
    }

    @Test func freesWhatTheDiskLacks() {
        let items = [item("a", .info, day: 98), item("b", .info, day: 99), item("c", .serious, day: 50)]
        let limits = RetentionPlan.Limits(maximumBytes: 1000, maximumAgeDays: nil, minimumFreeBytes: 500)
        #expect(
            RetentionPlan(items: items, limits: limits, now: now, freeBytes: 350).removed.map(\.alertID) == ["a", "b"])
        #expect(RetentionPlan(items: items, limits: limits, now: now, freeBytes: 500).removed.isEmpty)
    }

    @Test func orderOfTheInputDoesNotMatter() {
        let items = (0..<40).map { item("i\($0)", Grade.allCases[$0 % 4], bytes: Int64($0), day: Int64(80 + $0 % 3)) }
        let limits = RetentionPlan.Limits(maximumBytes: 200, maximumAgeDays: nil)
        #expect(
            RetentionPlan(items: items, limits: limits, now: now)
                == RetentionPlan(items: items.reversed(), limits: limits, now: now))
    }

    @Test(arguments: ["a.txt", "x-info.jpg.tmp", "-info.jpg", "../x-info.jpg", "x-mild.jpg", "x"])
    func otherFilesAreNotEvidence(name: String) {
        #expect(EvidenceName(fileName: name) == nil)
    }

    @Test func namesReadBack() {
        let name = EvidenceName(alertID: "0f-3a", grade: .serious, kind: .clip)
        #expect(EvidenceName(fileName: name.fileName) == name)
        #expect(EvidenceName(alertID: "../../x", grade: .info, kind: .image).fileName == "______x-info.jpg")
    }
}
