/// What all pages share: head, language switch, style, script and the caution at the end.
struct PageFrame {
    /// Plain text.
    var title: String
    /// HTML.
    var heading: String
    /// HTML.
    var subtitle: String
    var language: ReportPage.Language
    var version: String

    func html(_ sections: [String]) -> String {
        let caution = HTML.both(
            "Findings are a machine's proposals: a qualified person decides before work is ordered.",
            "检测结果为机器建议，安排检修前须由具备资质的人员确认。")
        return """
            <!doctype html>
            <html lang="\(language.rawValue)">
            <head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="referrer" content="no-referrer">
            <title>\(HTML.escaped(title))</title>
            <style>\(ReportStyle.css)</style></head>
            <body><main>
            <header><div><p class="brand">SHRIKE</p><h1>\(heading)</h1><p class="sub">\(subtitle)</p></div>
            <div class="lang" role="group"><button type="button" data-lang="en">English</button>\
            <button type="button" data-lang="zh">中文</button></div></header>
            \(sections.filter { !$0.isEmpty }.joined(separator: "\n"))
            <footer>Shrike \(HTML.escaped(version)) · \(caution)</footer>
            </main><script>\(ReportStyle.script)</script></body></html>

            """
    }
}
