/// How much of an asset list is read: more than a grid operator's region holds.
enum AssetLimits {
    static let fileBytes = 64 << 20
    static let assets = 200_000
    static let verticesPerAsset = 20_000
    static let vertices = 2_000_000
    static let textBytes = 256
    /// Mistakes named in an error; the rest is counted.
    static let namedProblems = 8

    static func check(byteCount: Int, file: String) throws(GeolocationError) {
        guard byteCount > 0 else {
            throw GeolocationError("the asset list is empty", at: file, remedy: "export it again")
        }
        guard byteCount <= fileBytes else {
            throw GeolocationError(
                "the asset list has \(byteCount) bytes, more than \(fileBytes) (64 MB)", at: file,
                remedy: "cut it to the region that is flown")
        }
    }

    /// Refuses a list with mistakes, all of them counted and the first named.
    static func check(_ problems: [AssetProblem], file: String) throws(GeolocationError) {
        guard !problems.isEmpty else { return }
        var text = problems.prefix(namedProblems).map(\.description).joined(separator: "; ")
        if problems.count > namedProblems { text += "; and \(problems.count - namedProblems) more" }
        throw GeolocationError("the asset list has mistakes: \(text)", at: file, remedy: "mend these entries")
    }

    /// A name without blanks around it; nil where nothing is left or it is too long.
    static func name(_ text: String?) -> String? {
        guard let text else { return nil }
        let trimmed = trimmed(text)
        return trimmed.isEmpty || trimmed.utf8.count > textBytes ? nil : trimmed
    }

    static func trimmed(_ text: String) -> String {
        String(text.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }

    static func reach(_ meters: Double) -> Double? {
        meters.isFinite && meters > 0 && meters <= 10_000 ? meters : nil
    }
}
