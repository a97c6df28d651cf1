/// Why a live connection ended; never holds an address with a password.
struct LiveFailure: Error, Hashable {
    /// In words for a person.
    var reason: String
    /// The other side refused user name and password.
    var isRefusal: Bool

    init(_ reason: String, isRefusal: Bool = false) { (self.reason, self.isRefusal) = (reason, isRefusal) }
}
