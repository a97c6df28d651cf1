import ShrikeCore

/// What one block of a DJI subtitle file says, before coordinates are put in order.
struct DJICue {
    var firstLine: Int
    var number: Int64?
    var start: MediaTime?
    var localTime: Timestamp?
    var pose = Pose()
    var camera = CameraState()
    var position: CoordinatePair?
    /// Latitude and longitude that came with names of their own.
    var namedLatitude: Double?
    var namedLongitude: Double?
    var home: CoordinatePair?
    /// Digits after the point of the position.
    var decimals: Int?
    /// Whether a position field is there at all, even an unreadable one.
    var mentionsPosition = false
    /// A field stops in the middle.
    var isCut = false
    /// Anything beyond the number and the cue time.
    var hasPayload = false
    var traits: Traits = []
    /// Scale of `focal_len` and `dzoom_ratio` shows only beside `fnum`, so they wait for the end of the block.
    var focalToken: DecimalToken?
    var fNumberToken: DecimalToken?
    var zoomToken: DecimalToken?

    /// What tells the variants apart.
    struct Traits: OptionSet {
        let rawValue: UInt32
        static let brackets = Traits(rawValue: 1 << 0)
        static let frameCount = Traits(rawValue: 1 << 1)
        static let subtitleCount = Traits(rawValue: 1 << 2)
        static let font = Traits(rawValue: 1 << 3)
        static let misspelledLongitude = Traits(rawValue: 1 << 4)
        static let relativeAltitude = Traits(rawValue: 1 << 5)
        static let altitude = Traits(rawValue: 1 << 6)
        static let scaledFNumber = Traits(rawValue: 1 << 7)
        static let zoomDelta = Traits(rawValue: 1 << 8)
        static let stabilizer = Traits(rawValue: 1 << 9)
        static let gimbal = Traits(rawValue: 1 << 10)
        static let exposureLine = Traits(rawValue: 1 << 11)
        static let attitudeTuple = Traits(rawValue: 1 << 12)
        static let home = Traits(rawValue: 1 << 13)
        static let barometer = Traits(rawValue: 1 << 14)
        static let meters = Traits(rawValue: 1 << 15)
        static let satellites = Traits(rawValue: 1 << 16)
        static let hemispheres = Traits(rawValue: 1 << 17)
        static let position = Traits(rawValue: 1 << 18)
        static let rtk = Traits(rawValue: 1 << 19)
        static let dateOnCounterLine = Traits(rawValue: 1 << 20)
    }

    init(firstLine: Int) { self.firstLine = firstLine }
}
