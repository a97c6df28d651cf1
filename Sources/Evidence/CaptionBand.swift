import Imaging
import ShrikeCore

/// The band of words below an evidence picture: a grade badge with the headline, then one line per detail, each shrunk
/// or broken so that it fits the width.
struct CaptionBand {
    private let headline: [String]
    private let details: [String]
    private let unit: Double
    private let width: Int
    /// Beside the badge where its words fit there, else below.
    private let isHeadlineBelow: Bool

    init(_ caption: EvidenceCaption, width: Int) {
        self.width = width
        // A picture narrower than 640 (a tall one) keeps readable letters and breaks lines instead.
        unit = max(0.85, Double(width) / 640)
        let side = 16 * unit
        let badge = Double(Image.textSize("CRITICAL", scale: 0.6 * unit, thickness: 2).width) + 30 * unit
        let room = Double(width) - 2 * side
        let beside = Double(width) - side - badge
        let headlineScale = 0.65 * unit
        isHeadlineBelow = caption.headline.split(separator: " ").contains {
            Double(Image.textSize(String($0), scale: headlineScale).width) > beside
        }
        headline = Self.broken(caption.headline, scale: headlineScale, room: isHeadlineBelow ? room : beside)
        let scale = 0.45 * unit
        details = caption.details.flatMap { Self.broken($0, scale: scale, room: room) }
    }

    private var headlineStep: Double { 28 * unit }
    private var detailStep: Double { 20 * unit }

    var height: Int {
        let headlines = headlineStep * Double(headline.count + (isHeadlineBelow ? 1 : 0))
        return Int((20 * unit + headlines + detailStep * Double(details.count)).rounded(.up))
    }

    func draw(on picture: inout Image, top: Int, grade: Grade) throws(ImagingError) {
        let color = grade.markColor
        let y0 = Double(top)
        let bar = max(3, Int(4 * unit))
        try picture.draw(
            Box(x: 0, y: y0, width: Double(width), height: Double(bar)), color: color, thickness: -1)
        let left = 12 * unit
        let word = grade.rawValue.uppercased()
        let stroke = max(1, Int((1.3 * unit).rounded()))
        let size = Image.textSize(word, scale: 0.6 * unit, thickness: stroke + 1)
        var baseline = y0 + 12 * unit + 19 * unit
        let badge = Box(
            x: left, y: baseline - 18 * unit, width: Double(size.width) + 16 * unit, height: 25 * unit)
        try picture.draw(badge, color: color, thickness: -1)
        let ink: Color = grade == .general ? .black : .white
        try picture.draw(
            text: word, x: left + 8 * unit, y: baseline, scale: 0.6 * unit, color: ink, thickness: stroke + 1)
        if isHeadlineBelow { baseline += headlineStep }
        for line in headline {
            try picture.draw(
                text: line, x: isHeadlineBelow ? left : badge.right + 12 * unit, y: baseline, scale: 0.65 * unit,
                color: .white, thickness: stroke)
            baseline += headlineStep
        }
        baseline -= headlineStep - detailStep - 5 * unit
        for line in details {
            try picture.draw(
                text: line, x: left, y: baseline, scale: 0.45 * unit, color: Color(red: 208, green: 214, blue: 222),
                thickness: max(1, Int(unit)))
            baseline += detailStep
        }
    }

    /// The text in lines that fit; breaks between words, inside a word only where it must.
    private static func broken(_ text: String, scale: Double, room: Double) -> [String] {
        func fits(_ line: String) -> Bool { Double(Image.textSize(line, scale: scale).width) <= room }
        guard !fits(text) else { return [text] }
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            let longer = line.isEmpty ? String(word) : line + " " + word
            if fits(longer) {
                line = longer
                continue
            }
            if !line.isEmpty { lines.append(line) }
            line = String(word)
            while !fits(line), line.count > 4 {
                var piece = line
                while !fits(piece), piece.count > 4 { piece.removeLast() }
                lines.append(piece)
                line = String(line.dropFirst(piece.count))
            }
        }
        if !line.isEmpty { lines.append(line) }
        return lines
    }
}
