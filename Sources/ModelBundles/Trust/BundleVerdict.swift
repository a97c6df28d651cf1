/// What looking at a bundle on this machine showed: everything that speaks against it, not just the first.
public struct BundleVerdict: Hashable, Sendable {
    /// `name:version` and digest where they could be read.
    public var reference: String
    public var digest: String
    /// Why it is refused; empty where it is taken.
    public var refusals: [BundleRefusal] = []
    /// What is told but does not refuse, such as a missing signature where the policy only warns.
    public var warnings: [BundleRefusal] = []
    /// Names of trusted keys whose signature is valid.
    public var signedBy: [String] = []
    public var golden = GoldenOutcome.none

    public init(reference: String, digest: String) { (self.reference, self.digest) = (reference, digest) }

    public var isAccepted: Bool { refusals.isEmpty }

    /// All reasons in one line.
    public var reasons: String { refusals.map(\.text).joined(separator: "; ") }

    /// The verdict as an error, for who needs the bundle or nothing.
    public func requireAccepted(at place: String) throws(BundleError) {
        guard !isAccepted else { return }
        throw BundleError(
            "\(reference) is refused: \(reasons)", at: place, remedy: "the running model stays; get a good bundle")
    }
}
