public import Integrity
public import ShrikeCore

/// A picture that a scene was taught with: what it is known by, and what a person said of it.
public struct TaughtPicture: Hashable, Sendable {
    public struct LabeledBox: Hashable, Sendable {
        public var className: String
        /// Pixels of the picture, origin top left.
        public var box: Box

        public init(className: String, box: Box) { (self.className, self.box) = (className, box) }
    }

    public enum Label: Hashable, Sendable {
        /// Nothing to report here.
        case normal
        /// The whole picture is of this class.
        case kind(String)
        /// What is marked, and nothing else; empty where the picture shows nothing to report.
        case boxes([LabeledBox])
    }

    /// Digest of the file's bytes.
    public var digest: SHA256Digest
    /// File name, for people.
    public var name: String
    public var label: Label
    /// Pixels of the picture; 0 where nothing depends on them.
    public var width: Int
    public var height: Int
    /// Name of the teaching that brought it, see ``TeachingRecord/increments``.
    public var increment: String

    public init(
        digest: SHA256Digest, name: String, label: Label, width: Int = 0, height: Int = 0, increment: String = ""
    ) {
        (self.digest, self.name, self.label, self.increment) = (digest, name, label, increment)
        (self.width, self.height) = (width, height)
    }

    /// Class codes that the label names, each once.
    public var classNames: Set<String> {
        switch label {
        case .normal: []
        case .kind(let name): [name]
        case .boxes(let boxes): Set(boxes.map(\.className))
        }
    }
}
