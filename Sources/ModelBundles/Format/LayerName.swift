/// Names of files inside bundles.
public enum LayerName {
    /// Whether a name is a relative path of plain parts: no way out of the folder it is unpacked to.
    ///
    /// At most 200 bytes and 4 parts; letters, digits and `. _ - + ` only; no part begins with a dot.
    static func isSafe(_ name: String) -> Bool {
        guard (1...200).contains(name.utf8.count) else { return false }
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 4 else { return false }
        return parts.allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".")
                && part.utf8.allSatisfy {
                    (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                        || [0x20, 0x2B, 0x2D, 0x2E, 0x5F].contains($0)
                }
        }
    }

    /// Whether a text can be a bundle's name or version: letters, digits, `-`, `_`, `.`, at most 100.
    public static func isIdentifier(_ text: String) -> Bool {
        (1...100).contains(text.utf8.count) && !text.hasPrefix(".") && !text.hasPrefix("-")
            && text.utf8.allSatisfy {
                (97...122).contains($0) || (65...90).contains($0) || (48...57).contains($0)
                    || [0x2D, 0x2E, 0x5F].contains($0)
            }
    }
}
