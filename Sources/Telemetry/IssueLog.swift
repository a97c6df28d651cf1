/// Collects issues of one file; of each kind only the first few are kept, the rest is counted.
struct IssueLog {
    static let keptPerKind = 3

    let file: String
    private var kept: [TelemetryIssue] = []
    private var counts: [TelemetryIssue.Kind: Int] = [:]
    private var lastLine: [TelemetryIssue.Kind: Int] = [:]

    init(file: String) { self.file = file }

    mutating func add(_ kind: TelemetryIssue.Kind, line: Int?, _ what: @autoclosure () -> String) {
        let count = (counts[kind] ?? 0) + 1
        counts[kind] = count
        lastLine[kind] = line
        if count <= Self.keptPerKind {
            kept.append(TelemetryIssue(file: file, line: line, kind: kind, what: what()))
        }
    }

    func count(of kind: TelemetryIssue.Kind) -> Int { counts[kind] ?? 0 }

    /// What was kept, in order of the file, with one line per kind for what was only counted.
    var issues: [TelemetryIssue] {
        var result = kept
        for kind in TelemetryIssue.Kind.allCases {
            guard let count = counts[kind], count > Self.keptPerKind else { continue }
            let last = lastLine[kind].map { ", the last in line \($0)" } ?? ""
            let what = "\(count - Self.keptPerKind) more of kind \(kind.rawValue)\(last)"
            result.append(TelemetryIssue(file: file, line: nil, kind: kind, what: what))
        }
        return result
    }
}
