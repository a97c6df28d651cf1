import ShrikeCore
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000Z"), (1_795_310_079_250_000, "2026-11-22T01:14:39.250Z"),
        (253_402_300_799_999_000, "9999-12-31T23:59:59.999Z"),
    ])
    func printsAndReadsTheSameInstant(microseconds: Int64, text: String) throws {
        #expect(Timestamp(microseconds: microseconds).rfc3339 == text)
        let read = try #require(Timestamp(rfc3339: text))
        // Printing truncates to milliseconds towards the past.
        #expect(read <= Timestamp(microseconds: microseconds))
        #expect(Timestamp(microseconds: microseconds).since(read).microseconds < 1000)
    }

    @Test func offsetsAreTakenIntoAccount() {
        #expect(Timestamp(rfc3339: "2026-11-22T03:00:00+02:00") == Timestamp(rfc3339: "2026-11-22T01:00:00Z"))
        #expect(Timestamp(rfc3339: "2026-11-21T20:30:00.5-04:30") == Timestamp(rfc3339: "2026-11-22T01:00:00.500Z"))
    }

    @Test(arguments: [
        "", "2026-11-22", "2026-13-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-11-22T24:00:00Z", "2026-11-22T01:00:00",
        "2026-11-22T01:00:00.Z", "2026-11-22T01:00:00+25:00", "2026-11-22T01:00:00Zx", "２０２６-11-22T01:00:00Z",
        "9999999999999999999999999999999999999999999",
    ])
    func refusesWhatIsNoInstant(text: String) { #expect(Timestamp(rfc3339: text) == nil) }
}
