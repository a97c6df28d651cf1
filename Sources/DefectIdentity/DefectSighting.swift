public import ShrikeCore

/// One defect as one run saw it in one source: what its alerts say together, with what identity over flights rests on.
public struct DefectSighting: Hashable, Sendable {
    /// ``Alert/defectID``.
    public var defectID: String
    /// Run and source: times of two sightings compare only where this is equal.
    public var pass: String
    public var source: String
    public var className: String
    public var grade: Grade
    public var score: Double
    public var time: Timestamp
    /// Whether ``time`` can be held against that of other flights.
    public var isTimeTrusted: Bool
    /// Media time from the first to the last frame in which it was seen; equal for a still.
    public var firstSeen: MediaTime
    public var lastSeen: MediaTime
    public var place: GroundPoint?
    /// Side of a square of the defect's size, meters; see ``GroundSize``.
    public var sizeMeters: Double?
    /// Meters that one pixel shows.
    public var metersPerPixel: Double?
    public var deltaKelvin: Double?
    public var asset: String?
    public var appearance: AppearanceDescriptor?
    /// Picture below the run's evidence folder.
    public var picture: String?
    /// Box as fractions of the picture: x, y, width, height.
    public var box: Box
    /// Height over width of the source picture.
    public var pictureAspect: Double?
    /// Whether ``picture`` shows the frame that ``box`` belongs to.
    public var showsBox = false

    public init(
        defectID: String, pass: String, source: String = "", className: String, grade: Grade = .info, score: Double = 0,
        time: Timestamp, isTimeTrusted: Bool = true, firstSeen: MediaTime = .zero, lastSeen: MediaTime = .zero,
        place: GroundPoint? = nil, sizeMeters: Double? = nil, metersPerPixel: Double? = nil, deltaKelvin: Double? = nil,
        asset: String? = nil, appearance: AppearanceDescriptor? = nil, picture: String? = nil,
        box: Box = Box(x: 0, y: 0, width: 0, height: 0)
    ) {
        (self.defectID, self.pass, self.source, self.className) = (defectID, pass, source, className)
        (self.grade, self.score, self.time, self.isTimeTrusted) = (grade, score, time, isTimeTrusted)
        (self.firstSeen, self.lastSeen) = (firstSeen, lastSeen)
        (self.place, self.sizeMeters, self.metersPerPixel) = (place, sizeMeters, metersPerPixel)
        (self.deltaKelvin, self.asset, self.appearance) = (deltaKelvin, asset, appearance)
        (self.picture, self.box) = (picture, box)
    }

    /// Whether both stood in one picture: two defects then, however near.
    ///
    /// In motion a second's overlap is allowed, or half of the shorter sighting: a lost track is held for a while before it
    /// ends, while the next one already follows the same defect.
    public func isSimultaneous(with other: DefectSighting) -> Bool {
        guard pass == other.pass else { return false }
        let common = (min(lastSeen, other.lastSeen) - max(firstSeen, other.firstSeen)).seconds
        let shorter = min((lastSeen - firstSeen).seconds, (other.lastSeen - other.firstSeen).seconds)
        return common >= min(1, shorter / 2)
    }
}
