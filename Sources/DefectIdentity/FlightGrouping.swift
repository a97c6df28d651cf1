import ShrikeCore

/// Divides sightings among flights: times less than ``gap`` apart are one flight, also with flights on record.
struct FlightGrouping {
    static let gap = MediaTime(seconds: 20 * 60)

    /// Flight of each sighting, as a position in `flights`; flights of the record keep theirs.
    private(set) var flightOf: [Int]
    var flights: [SiteRegistry.Flight]

    /// - Parameter sightings: by time.
    init(_ sightings: [DefectSighting], known: [SiteRegistry.Flight]) {
        flights = known
        flightOf = [Int](repeating: 0, count: sightings.count)
        // By pass first, so that the sightings of one recording never fall apart.
        var passes: [String: [Int]] = [:]
        for (i, sighting) in sightings.enumerated() { passes[sighting.pass, default: []].append(i) }
        let ordered = passes.sorted {
            ((($0.value.first.map { sightings[$0].time } ?? Timestamp(microseconds: 0))), $0.key)
                < ((($1.value.first.map { sightings[$0].time } ?? Timestamp(microseconds: 0))), $1.key)
        }
        for (pass, members) in ordered {
            let flight = place(members.map { sightings[$0] }, pass: pass)
            for member in members { flightOf[member] = flight }
        }
    }

    private mutating func place(_ sightings: [DefectSighting], pass: String) -> Int {
        let times = sightings.map(\.time)
        let (begin, end) = (times.min() ?? Timestamp(microseconds: 0), times.max() ?? Timestamp(microseconds: 0))
        if !sightings.allSatisfy(\.isTimeTrusted) {
            let run = String(pass.split(separator: "/", omittingEmptySubsequences: false).first ?? "")
            if let known = flights.firstIndex(where: { $0.id == run }) { return known }
            return add(id: run, begin: begin, end: end)
        }
        let near = flights.firstIndex {
            $0.id.hasSuffix("Z") && begin.since($0.end) < Self.gap && $0.begin.since(end) < Self.gap
        }
        guard let near else { return add(id: begin.rfc3339, begin: begin, end: end) }
        flights[near].begin = min(flights[near].begin, begin)
        flights[near].end = max(flights[near].end, end)
        return near
    }

    private mutating func add(id: String, begin: Timestamp, end: Timestamp) -> Int {
        flights.append(
            SiteRegistry.Flight(
                id: id, begin: begin, end: end, shiftNorth: 0, shiftEast: 0, residual: 0, isAligned: false))
        return flights.count - 1
    }
}
