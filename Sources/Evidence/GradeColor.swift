public import Imaging
public import ShrikeCore

extension Grade {
    /// Color of marks on evidence; the report uses the same four.
    public var markColor: Color {
        switch self {
        case .info: Color(red: 56, green: 132, blue: 255)
        case .general: Color(red: 240, green: 180, blue: 0)
        case .serious: Color(red: 255, green: 112, blue: 16)
        case .critical: Color(red: 232, green: 28, blue: 48)
        }
    }
}
