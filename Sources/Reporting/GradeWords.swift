import ShrikeCore

extension Grade {
    /// The grade's name in both languages, as HTML.
    var words: String {
        switch self {
        case .info: HTML.both("Info", "提示")
        case .general: HTML.both("General", "一般")
        case .serious: HTML.both("Serious", "严重")
        case .critical: HTML.both("Critical", "危急")
        }
    }

    /// What the grade asks for, in both languages.
    var advice: String {
        switch self {
        case .info: HTML.both("keep in view", "关注")
        case .general: HTML.both("plan a repair", "计划处理")
        case .serious: HTML.both("repair soon", "尽快处理")
        case .critical: HTML.both("act at once", "立即处理")
        }
    }
}
