import ShrikeCore

/// The lines of text under an evidence picture, most important first.
struct EvidenceCaption {
    /// Class, grade, score and temperature rise.
    var headline: String
    /// Where and when, then by which models.
    var details: [String]

    init(_ facts: EvidenceFacts) {
        var parts = ["score \(Self.fixed(facts.score, 2))"]
        if let thermal = facts.thermal { parts += Self.words(for: thermal) }
        headline = ([facts.className] + parts).joined(separator: "   ")
        let clock = facts.timeQuality == .unsynced ? " (clock not trusted)" : ""
        details = [
            "\(facts.time.rfc3339)\(clock)   \(facts.source)   frame \(facts.frameIndex)   at \(Self.mediaTime(facts.mediaTime))"
        ]
        details += ([facts.lineage.scene] + facts.lineage.parents).map(Self.words(for:))
    }

    private static func words(for thermal: ThermalReading) -> [String] {
        var words: [String] = []
        if let delta = thermal.deltaKelvin { words.append("dT \(fixed(delta, 1)) K") }
        if let hot = thermal.hotCelsius { words.append("T1 \(fixed(hot, 1)) C") }
        if words.isEmpty { words.append("contrast \(fixed(thermal.contrastSigma, 1)) sigma") }
        return words
    }

    /// Name, version, and the first 12 digits of the digest.
    private static func words(for model: ModelIdentity) -> String {
        let hex = model.digest.split(separator: ":", maxSplits: 1).last ?? ""
        return "\(model.level.rawValue.uppercased()) \(model.name)@\(model.version)   \(hex.prefix(12))"
    }

    /// Minutes, seconds and milliseconds into the recording.
    static func mediaTime(_ time: MediaTime) -> String {
        let ms = max(0, time.milliseconds)
        return "\(ms / 60_000):\(padded(ms / 1000 % 60, 2)).\(padded(ms % 1000, 3))"
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// A number with so many decimals, without a locale.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite, abs(value) < 1e12 else { return "?" }
        var scale: Int64 = 1
        for _ in 0..<decimals { scale *= 10 }
        let units = Int64((abs(value) * Double(scale)).rounded())
        let sign = value < 0 && units != 0 ? "-" : ""
        guard decimals > 0 else { return sign + String(units) }
        return "\(sign)\(units / scale).\(padded(units % scale, decimals))"
    }
}
