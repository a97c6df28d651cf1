import Foundation
import ShrikeCore

/// Collects the coordinates of a whole file and decides their order once, per shape of line.
struct CoordinateResolver {
    private struct Entry {
        var sample: Int
        var line: Int
        var position: CoordinatePair?
        var home: CoordinatePair?
        var homeDistance: Double?
    }

    private var entries: [Entry] = []
    private var positionCount = 0

    /// Whether no position was seen so far.
    var isEmpty: Bool { positionCount == 0 }

    mutating func add(_ cue: DJICue, sample: Int) {
        guard cue.position != nil || cue.home != nil else { return }
        if cue.position != nil { positionCount += 1 }
        entries.append(
            Entry(
                sample: sample, line: cue.firstLine, position: cue.position, home: cue.home,
                homeDistance: cue.camera.homeDistance.map { Double($0) }))
    }

    /// Writes places into the samples, leaving out what is none.
    func resolve(into samples: inout [TelemetrySample], hint: CoordinateOrder?, log: inout IssueLog) {
        var orders: [CoordinatePair.Shape: CoordinateOrder] = [.explicit: .latitudeFirst]
        for shape in CoordinatePair.Shape.allCases where shape != .explicit && shape != .unknown {
            orders[shape] = order(ofNamed: shape, log: &log)
        }
        write(orders, into: &samples, only: { $0 != .unknown }, log: &log)
        guard entries.contains(where: { $0.position?.shape == .unknown }) else { return }
        orders[.unknown] = orderByRange(.unknown) ?? orderByHome() ?? orderByNeighbors(samples) ?? hint
        if let first = entries.first(where: { $0.position?.shape == .unknown }), orders[.unknown] == nil {
            let count = entries.count { $0.position?.shape == .unknown }
            log.add(
                .ambiguousOrder, line: first.line,
                "latitude and longitude cannot be told apart in \(count) blocks; no place is taken from them "
                    + "(give the order to use them)")
        }
        write(orders, into: &samples, only: { $0 == .unknown }, log: &log)
    }

    // MARK: Deciding

    /// The variant's own order, unless the numbers forbid it.
    private func order(ofNamed shape: CoordinatePair.Shape, log: inout IssueLog) -> CoordinateOrder {
        let usual: CoordinateOrder = shape == .meters ? .latitudeFirst : .longitudeFirst
        guard let forced = orderByRange(shape), forced != usual else { return usual }
        log.add(
            .swappedOrder, line: entries.first { $0.position?.shape == shape }?.line,
            "this variant writes \(usual == .latitudeFirst ? "latitude" : "longitude") first, "
                + "but the numbers allow only the other order, which is used")
        return forced
    }

    /// The only order in which all positions and take-off points of a shape exist; nil where both or neither do.
    private func orderByRange(_ shape: CoordinatePair.Shape) -> CoordinateOrder? {
        var onlyLatitudeFirst = 0
        var onlyLongitudeFirst = 0
        for entry in entries {
            for case let pair? in [entry.position, entry.home] where pair.shape == shape {
                let (a, b) = (pair.isValid(latitudeFirst: true), pair.isValid(latitudeFirst: false))
                if a && !b { onlyLatitudeFirst += 1 }
                if b && !a { onlyLongitudeFirst += 1 }
            }
        }
        if onlyLatitudeFirst > 0, onlyLongitudeFirst == 0 { return .latitudeFirst }
        return onlyLongitudeFirst > 0 && onlyLatitudeFirst == 0 ? .longitudeFirst : nil
    }

    /// The order in which the distance from take-off is the one the line states: a degree of longitude is shorter.
    private func orderByHome() -> CoordinateOrder? {
        var votes: [CoordinateOrder: Int] = [:]
        for entry in entries {
            guard let position = entry.position, let home = entry.home, position.shape == .unknown,
                let stated = entry.homeDistance, stated > 20
            else { continue }
            let fitting = CoordinateOrder.allCases.filter { order in
                let isFirst = order == .latitudeFirst
                guard position.isValid(latitudeFirst: isFirst), home.isValid(latitudeFirst: isFirst) else {
                    return false
                }
                let distance = Self.distance(
                    position.place(latitudeFirst: isFirst), home.place(latitudeFirst: isFirst))
                return abs(distance - stated) <= 3 + 0.05 * stated
            }
            if fitting.count == 1, let only = fitting.first { votes[only, default: 0] += 1 }
        }
        return votes.count == 1 ? votes.first?.key : nil
    }

    /// The order that lies near a fix of known order in the same file, where the other order is far from it.
    private func orderByNeighbors(_ samples: [TelemetrySample]) -> CoordinateOrder? {
        var votes: [CoordinateOrder: Int] = [:]
        var known: (latitude: Double, longitude: Double)?
        // Forward takes the previous fix; backward, the next one.
        for entry in entries + entries.reversed() {
            guard samples.indices.contains(entry.sample) else { continue }
            let pose = samples[entry.sample].pose
            if let latitude = pose.latitude, let longitude = pose.longitude { known = (latitude, longitude) }
            guard let known, let pair = entry.position, pair.shape == .unknown, !pair.isZero else { continue }
            let first = Self.distance(pair.place(latitudeFirst: true), known)
            let second = Self.distance(pair.place(latitudeFirst: false), known)
            if min(first, second) < 50_000, max(first, second) > 10 * min(first, second) + 1000 {
                votes[first < second ? .latitudeFirst : .longitudeFirst, default: 0] += 1
            }
        }
        return votes.count == 1 ? votes.first?.key : nil
    }

    /// Meters between two places, on a sphere: only compared, never published.
    private static func distance(
        _ a: (latitude: Double, longitude: Double), _ b: (latitude: Double, longitude: Double)
    ) -> Double {
        let dLat = Angle.radians(b.latitude - a.latitude) / 2
        let dLon = Angle.radians(b.longitude - a.longitude) / 2
        let h =
            sin(dLat) * sin(dLat)
            + cos(Angle.radians(a.latitude)) * cos(Angle.radians(b.latitude)) * sin(dLon) * sin(dLon)
        return 2 * 6_371_000 * asin(min(1, h.squareRoot()))
    }

    // MARK: Writing

    private func write(
        _ orders: [CoordinatePair.Shape: CoordinateOrder], into samples: inout [TelemetrySample],
        only isMeant: (CoordinatePair.Shape) -> Bool, log: inout IssueLog
    ) {
        for entry in entries where samples.indices.contains(entry.sample) {
            if let home = entry.home, isMeant(home.shape), let order = orders[home.shape], !home.isZero,
                home.isValid(latitudeFirst: order == .latitudeFirst)
            {
                let place = home.place(latitudeFirst: order == .latitudeFirst)
                samples[entry.sample].camera.homeLatitude = place.latitude
                samples[entry.sample].camera.homeLongitude = place.longitude
            }
            guard let pair = entry.position, isMeant(pair.shape) else { continue }
            guard !pair.isZero else {
                log.add(.noFix, line: entry.line, "0,0 is no place: the camera had no fix")
                continue
            }
            guard let order = orders[pair.shape] else { continue }
            guard pair.isValid(latitudeFirst: order == .latitudeFirst) else {
                log.add(.outOfRange, line: entry.line, "\(pair.first), \(pair.second) is no place on Earth")
                continue
            }
            let place = pair.place(latitudeFirst: order == .latitudeFirst)
            samples[entry.sample].pose.latitude = place.latitude
            samples[entry.sample].pose.longitude = place.longitude
        }
    }
}
