/// The 95 % confidence interval of a share, by Wilson's score method (E. B. Wilson, JASA 22, 1927).
public struct ProportionInterval: Hashable, Sendable {
    public let lower: Double
    public let upper: Double

    /// 0 to 1 where nothing was tried.
    public init(successes: Int, trials: Int) {
        guard trials > 0 else {
            (lower, upper) = (0, 1)
            return
        }
        let (n, z) = (Double(trials), 1.959964)
        let share = Double(successes) / n
        let center = share + z * z / (2 * n)
        let spread = z * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        lower = max(0, (center - spread) / (1 + z * z / n))
        upper = min(1, (center + spread) / (1 + z * z / n))
    }
}
