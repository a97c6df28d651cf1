import Messaging

extension ConnectionEvent {
    /// Whether both say that the connection fails, for the same reason; delays may differ.
    func isSameProblem(as other: ConnectionEvent) -> Bool {
        switch (self, other) {
        case (.credentialsRefused(_, let reason), .credentialsRefused(_, let before)): reason == before
        case (.unreachable(_, let reason, _), .unreachable(_, let before, _)): reason == before
        default: false
        }
    }
}
