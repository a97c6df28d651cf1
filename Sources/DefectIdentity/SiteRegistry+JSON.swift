import Foundation
public import ShrikeCore

extension SiteRegistry {
    /// The document of schema `shrike.defects/1`, as kept in `defects.json`.
    public var json: JSONValue {
        .object([
            "schema": .string(Self.schema), "site": .string(site), "flights": .array(flights.map(Self.json)),
            "defects": .array(defects.map(Self.json)),
        ])
    }

    /// The document, its end of line included.
    public var text: String { json.canonicalText + "\n" }

    /// Reads a `defects.json`.
    ///
    /// - Parameter place: the file, for errors.
    /// - Throws: ``DefectIdentityError``.
    public init(parsing bytes: some Collection<UInt8>, place: String) throws(DefectIdentityError) {
        let value: JSONValue
        do {
            value = try JSONValue(parsing: bytes, maximumBytes: 256 << 20)
        } catch {
            throw DefectIdentityError("defects not read (\(error))", at: place, remedy: "restore the file from a copy")
        }
        guard value["schema"]?.stringValue == Self.schema, let site = value["site"]?.stringValue,
            let flights = value["flights"]?.arrayValue, let defects = value["defects"]?.arrayValue
        else {
            throw DefectIdentityError(
                "no record of schema \(Self.schema)", at: place, remedy: "name the defects.json of a site")
        }
        self.init(site: site)
        for (i, flight) in flights.enumerated() {
            guard let flight = Self.flight(flight) else {
                throw DefectIdentityError(
                    "flights[\(i)] lacks a field", at: place, remedy: "restore the file from a copy")
            }
            self.flights.append(flight)
        }
        var ids: Set<String> = []
        for (i, defect) in defects.enumerated() {
            guard let defect = Self.defect(defect), ids.insert(defect.id).inserted else {
                throw DefectIdentityError(
                    "defects[\(i)] lacks a field or repeats an id", at: place, remedy: "restore the file from a copy")
            }
            self.defects.append(defect)
        }
        self.defects.sort { $0.id < $1.id }
    }

    private static func json(_ flight: Flight) -> JSONValue {
        .object([
            "id": .string(flight.id), "begin": .string(flight.begin.rfc3339), "end": .string(flight.end.rfc3339),
            "shift_north_m": .number(flight.shiftNorth, decimals: 4),
            "shift_east_m": .number(flight.shiftEast, decimals: 4),
            "residual_m": .number(flight.residual, decimals: 4), "aligned": .bool(flight.isAligned),
        ])
    }

    private static func flight(_ value: JSONValue) -> Flight? {
        guard let id = value["id"]?.stringValue,
            let begin = value["begin"]?.stringValue.flatMap(Timestamp.init(rfc3339:)),
            let end = value["end"]?.stringValue.flatMap(Timestamp.init(rfc3339:)),
            let north = value["shift_north_m"]?.doubleValue, let east = value["shift_east_m"]?.doubleValue,
            let residual = value["residual_m"]?.doubleValue, residual >= 0, residual < 1000, abs(north) < 10_000,
            abs(east) < 10_000
        else { return nil }
        return Flight(
            id: id, begin: begin, end: end, shiftNorth: north, shiftEast: east, residual: residual,
            isAligned: value["aligned"]?.boolValue ?? true)
    }

    private static func json(_ defect: SiteDefect) -> JSONValue {
        .object(compacting: [
            "id": .string(defect.id), "class": .string(defect.className), "grade": .string(defect.grade.rawValue),
            "first_seen": .string(defect.firstSeen.rfc3339), "last_seen": .string(defect.lastSeen.rfc3339),
            "geo": defect.place?.json, "asset": defect.asset.map { .string($0) },
            "size_m": defect.sizeMeters.map { .number($0, decimals: 3) },
            "history": .array(defect.visits.map(json)),
        ])
    }

    private static func json(_ visit: SiteDefect.Visit) -> JSONValue {
        .object(compacting: [
            "flight": .string(visit.flight), "time": .string(visit.time.rfc3339), "class": .string(visit.className),
            "grade": .string(visit.grade.rawValue), "score": .number(visit.score, decimals: 4),
            "geo": visit.place?.json, "size_m": visit.sizeMeters.map { .number($0, decimals: 4) },
            "m_per_px": visit.metersPerPixel.map { .number($0, decimals: 5) },
            "delta_k": visit.deltaKelvin.map { .number($0, decimals: 2) }, "asset": visit.asset.map { .string($0) },
            "appearance": visit.appearance.map { .string(Data($0.bytes).base64EncodedString()) },
            "defect_ids": .array(visit.defectIDs.map { .string($0) }), "picture": visit.picture.map { .string($0) },
        ])
    }

    private static func defect(_ value: JSONValue) -> SiteDefect? {
        guard let id = value["id"]?.stringValue, !id.isEmpty, let history = value["history"]?.arrayValue else {
            return nil
        }
        let visits = history.compactMap(visit)
        guard !visits.isEmpty, visits.count == history.count else { return nil }
        return SiteDefect(id: id, visits: visits.sorted { ($0.time, $0.flight) < ($1.time, $1.flight) })
    }

    private static func visit(_ value: JSONValue) -> SiteDefect.Visit? {
        guard let flight = value["flight"]?.stringValue, let className = value["class"]?.stringValue,
            let time = value["time"]?.stringValue.flatMap(Timestamp.init(rfc3339:)),
            let grade = value["grade"]?.stringValue.flatMap(Grade.init(rawValue:)),
            let score = value["score"]?.doubleValue, let ids = value["defect_ids"]?.arrayValue
        else { return nil }
        func positive(_ key: String) -> Double? { value[key]?.doubleValue.flatMap { $0 > 0 && $0 < 1e5 ? $0 : nil } }
        return SiteDefect.Visit(
            flight: flight, time: time, className: className, grade: grade, score: score,
            place: SightingReader.place(value["geo"]), sizeMeters: positive("size_m"),
            metersPerPixel: positive("m_per_px"), deltaKelvin: value["delta_k"]?.doubleValue,
            asset: value["asset"]?.stringValue,
            appearance: value["appearance"]?.stringValue.flatMap { Data(base64Encoded: $0) }.flatMap {
                AppearanceDescriptor(bytes: Array($0))
            },
            defectIDs: ids.compactMap(\.stringValue), picture: value["picture"]?.stringValue)
    }
}
