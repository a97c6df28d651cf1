import ShrikeCore

/// One round of giving identities: flights are made out, aligned with one another, and joined.
struct Registration {
    private(set) var registry: SiteRegistry
    /// By time and id.
    private let sightings: [DefectSighting]
    private let classes: ClassCompatibility
    private var grouping: FlightGrouping
    private let knownFlights: Int
    /// What is added to a sighting's place beyond its flight's shift.
    private var wander: [Int: LocalPlane.Offset] = [:]
    private let plane: LocalPlane?

    init(registry: SiteRegistry, sightings: [DefectSighting], classes: ClassCompatibility) {
        (self.registry, self.sightings, self.classes) = (registry, sightings, classes)
        grouping = FlightGrouping(sightings, known: registry.flights)
        knownFlights = registry.flights.count
        let origin = registry.defects.lazy.compactMap(\.place).first ?? sightings.lazy.compactMap(\.place).first
        plane = origin.map { LocalPlane(latitude: $0.latitude, longitude: $0.longitude) }
    }

    mutating func run() {
        let aliases = registry.siteDefectIDs
        let placed = sightings.indices.filter { sightings[$0].place != nil }
        var groups: [(known: String?, members: [Int])] = []
        for i in sightings.indices where sightings[i].place == nil {
            groups.append((aliases[sightings[i].defectID], [i]))
        }
        if let plane {
            for node in joined(placed, on: plane, aliases: aliases) where !node.members.isEmpty {
                groups.append((node.known.map { registry.defects[$0].id }, node.members))
            }
        }
        store(groups)
    }

    // MARK: Joining

    private mutating func joined(_ placed: [Int], on plane: LocalPlane, aliases: [String: String]) -> [DefectNode] {
        let positions = Dictionary(uniqueKeysWithValues: registry.defects.enumerated().map { ($1.id, $0) })
        let known = registry.defects.enumerated().compactMap { node(ofKnown: $1, at: $0, on: plane) }
        var byFlight: [Int: [DefectNode]] = [:]
        for i in placed {
            guard var node = node(of: i, on: plane) else { continue }
            node.known = aliases[sightings[i].defectID].flatMap { positions[$0] }
            byFlight[grouping.flightOf[i], default: []].append(node)
        }
        byFlight = byFlight.mapValues { joinedInside($0) }
        align(&byFlight, with: known)
        // Two sightings of one flight were weighed already; from here on a flight shows each defect once.
        let all = known + byFlight.sorted { $0.key < $1.key }.flatMap(\.value)
        let flightOf = grouping.flightOf
        let clustering = DefectClustering(evidence: MatchEvidence(all, classes: classes)) { a, b in
            if let first = a.known, let second = b.known { return first != second }
            return !Set(a.members.map { flightOf[$0] }).isDisjoint(with: b.members.map { flightOf[$0] })
        }
        return clustering.joined(Self.mergedByRecord(all))
    }

    /// Nodes of one recorded defect are one, wherever their places lie.
    private static func mergedByRecord(_ nodes: [DefectNode]) -> [DefectNode] {
        var merged: [DefectNode] = []
        var at: [Int: Int] = [:]
        for node in nodes {
            if let known = node.known, let i = at[known] {
                // The record's own place stays: these sightings are in it already.
                var whole = merged[i].merged(with: node)
                (whole.position, whole.weight) = (merged[i].position, merged[i].weight)
                merged[i] = whole
            } else {
                if let known = node.known { at[known] = merged.count }
                merged.append(node)
            }
        }
        return merged
    }

    private func joinedInside(_ nodes: [DefectNode]) -> [DefectNode] {
        let sightings = sightings
        let clustering = DefectClustering(evidence: MatchEvidence(nodes, classes: classes)) { a, b in
            if let first = a.known, let second = b.known, first != second { return true }
            return a.members.contains { i in
                b.members.contains { sightings[i].isSimultaneous(with: sightings[$0]) }
            }
        }
        return clustering.joined(Self.mergedByRecord(nodes))
    }

    private mutating func align(_ byFlight: inout [Int: [DefectNode]], with known: [DefectNode]) {
        var reference = known
        let order = byFlight.keys.sorted {
            (
                $0 < knownFlights && grouping.flights[$0].isAligned ? 0 : 1, -(byFlight[$0]?.count ?? 0),
                grouping.flights[$0].id
            ) < (
                $1 < knownFlights && grouping.flights[$1].isAligned ? 0 : 1, -(byFlight[$1]?.count ?? 0),
                grouping.flights[$1].id
            )
        }
        for flight in order {
            guard let nodes = byFlight[flight] else { continue }
            var corrections: [LocalPlane.Offset] = []
            let sigma = nodes.map { deviation(of: $0) }.sorted()[nodes.count / 2]
            if !(flight < knownFlights && grouping.flights[flight].isAligned) {
                let fallback = max(0.5, sigma * 0.5)
                grouping.flights[flight].residual = fallback
                grouping.flights[flight].isAligned = true
                if !reference.isEmpty {
                    let alignment = FlightAlignment(
                        nodes, to: reference, sigma: max(3, sigma * 1.4142), fallback: fallback,
                        evidence: MatchEvidence(reference, classes: classes))
                    grouping.flights[flight].shiftNorth = alignment.shift.north
                    grouping.flights[flight].shiftEast = alignment.shift.east
                    grouping.flights[flight].residual = alignment.residual
                    corrections = alignment.corrections
                }
            }
            let found = grouping.flights[flight]
            let moved = nodes.enumerated().map { i, node -> DefectNode in
                var node = node
                let correction = corrections.isEmpty ? .init(north: 0, east: 0) : corrections[i]
                node.position.north += found.shiftNorth + correction.north
                node.position.east += found.shiftEast + correction.east
                for member in node.members { wander[member] = correction }
                // The residual is that of pairs: half of its square belongs to each side.
                node.variance = found.residual * found.residual / 2
                return node
            }
            byFlight[flight] = moved
            reference += moved
        }
    }

    private func deviation(of node: DefectNode) -> Double {
        let errors = node.members.compactMap { sightings[$0].place?.circularErrorMeters }
        return max(0.2, (errors.min() ?? 2) / Self.circularErrorPerSigma)
    }

    /// Radius with 90 % of a circular normal distribution, in deviations of one axis.
    private static let circularErrorPerSigma = 2.146

    private func node(of i: Int, on plane: LocalPlane) -> DefectNode? {
        let sighting = sightings[i]
        guard let place = sighting.place else { return nil }
        // Inside a flight most of the error is common; what differs is a third of it.
        let inner = max(0.25, place.circularErrorMeters / Self.circularErrorPerSigma * 0.35)
        return DefectNode(
            members: [i], known: nil, flight: grouping.flightOf[i],
            position: plane.offset(latitude: place.latitude, longitude: place.longitude), variance: inner * inner,
            weight: 1, classes: [sighting.className: 1], size: sighting.sizeMeters, asset: sighting.asset,
            appearance: sighting.appearance, key: sighting.defectID)
    }

    private func node(ofKnown defect: SiteDefect, at index: Int, on plane: LocalPlane) -> DefectNode? {
        guard let place = defect.place else { return nil }
        let residuals = defect.visits.compactMap { visit in
            registry.flights.first { $0.id == visit.flight }?.residual
        }
        let residual = max(0.3, residuals.min() ?? 0.8)
        return DefectNode(
            members: [], known: index, flight: nil,
            position: plane.offset(latitude: place.latitude, longitude: place.longitude),
            variance: residual * residual / 2, weight: Double(defect.visits.count), classes: [defect.className: 1],
            size: defect.sizeMeters, asset: defect.asset, appearance: defect.appearance, key: defect.id)
    }

    // MARK: Storing

    private mutating func store(_ groups: [(known: String?, members: [Int])]) {
        registry.flights = grouping.flights.sorted { ($0.begin, $0.id) < ($1.begin, $1.id) }
        var defects = Dictionary(uniqueKeysWithValues: registry.defects.map { ($0.id, $0) })
        for group in groups.sorted(by: { ($0.members.first ?? 0) < ($1.members.first ?? 0) }) {
            guard let founder = group.members.first else { continue }
            let id = group.known ?? Self.freshID(sightings[founder].defectID, taken: defects)
            var defect = defects[id] ?? SiteDefect(id: id, visits: [])
            let byFlight = Dictionary(grouping: group.members) { grouping.flightOf[$0] }
            for (flight, members) in byFlight {
                let visit = visit(members, flight: grouping.flights[flight])
                if let i = defect.visits.firstIndex(where: { $0.flight == visit.flight }) {
                    let older = Set(defect.visits[i].defectIDs)
                    // Nothing new: what is on record stays, to the last digit.
                    if older.isSuperset(of: visit.defectIDs) { continue }
                    defect.visits[i] = visit
                    defect.visits[i].defectIDs = older.union(visit.defectIDs).sorted()
                } else {
                    defect.visits.append(visit)
                }
            }
            defect.visits.sort { ($0.time, $0.flight) < ($1.time, $1.flight) }
            defects[id] = defect
        }
        registry.defects = defects.values.sorted { $0.id < $1.id }
    }

    private static func freshID(_ defectID: String, taken: [String: SiteDefect]) -> String {
        for length in 12...32 {
            let id = "D-" + defectID.prefix(length)
            if taken[id] == nil { return id }
        }
        return "D-" + defectID
    }

    /// What a flight says of a defect: the worst sighting, and the mean of the places.
    private func visit(_ members: [Int], flight: SiteRegistry.Flight) -> SiteDefect.Visit {
        let seen = members.map { sightings[$0] }
        let best = seen.max { ($0.grade, $0.score, $1.defectID) < ($1.grade, $1.score, $0.defectID) } ?? seen[0]
        return SiteDefect.Visit(
            flight: flight.id, time: best.time, className: best.className, grade: best.grade, score: best.score,
            place: place(members, flight: flight), sizeMeters: best.sizeMeters, metersPerPixel: best.metersPerPixel,
            deltaKelvin: best.deltaKelvin, asset: best.asset, appearance: best.appearance,
            defectIDs: seen.map(\.defectID).sorted(), picture: best.picture)
    }

    private func place(_ members: [Int], flight: SiteRegistry.Flight) -> GroundPoint? {
        let seen = members.filter { sightings[$0].place != nil }
        let places = seen.compactMap { sightings[$0].place }
        let wanders = seen.compactMap { wander[$0] }
        guard var mean = places.min(by: { $0.circularErrorMeters < $1.circularErrorMeters }) else { return nil }
        let plane = LocalPlane(latitude: mean.latitude, longitude: mean.longitude)
        let offsets = places.map { plane.offset(latitude: $0.latitude, longitude: $0.longitude) }
        let n = Double(places.count)
        (mean.latitude, mean.longitude) = plane.degrees(
            .init(
                north: (offsets + wanders).reduce(0) { $0 + $1.north } / n + flight.shiftNorth,
                east: (offsets + wanders).reduce(0) { $0 + $1.east } / n + flight.shiftEast))
        return mean
    }
}
