/// What an address that a person typed means. A pure reading of the text: nothing is looked up.
public enum FootageAddress: Hashable, Sendable {
    /// `rtsp://...` or `rtsps://...`; may hold a password.
    case rtsp(String)
    /// `camera:N`, the local device number N.
    case camera(Int)
    /// A path with `*`, `?` or `[` in it.
    case glob(String)
    /// A file or folder.
    case path(String)
    /// An address of a kind that is not supported, with its scheme.
    case unsupported(scheme: String)

    public init(_ text: String) {
        let lower = text.lowercased()
        if lower.hasPrefix("rtsp://") || lower.hasPrefix("rtsps://") {
            self = .rtsp(text)
        } else if lower.hasPrefix("camera:") {
            self =
                if let number = Int(text.dropFirst(7)), (0...255).contains(number) { .camera(number) } else {
                    .unsupported(scheme: "camera")
                }
        } else if let scheme = text.firstRange(of: "://") {
            let name = text[..<scheme.lowerBound].lowercased()
            self = name == "file" ? .path(String(text[scheme.upperBound...])) : .unsupported(scheme: name)
        } else if text.contains(where: { "*?[".contains($0) }) {
            self = .glob(text)
        } else {
            self = .path(text)
        }
    }
}
