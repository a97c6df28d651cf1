/// A size as people type it: 320x320.
struct PictureSize {
    let width: Int
    let height: Int

    /// - Returns: nil for anything but two numbers from 32 to 4096.
    init?(_ text: String) {
        let parts = text.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count == 2, let width = parts[0], let height = parts[1], (32...4096).contains(width),
            (32...4096).contains(height)
        else { return nil }
        (self.width, self.height) = (width, height)
    }
}
