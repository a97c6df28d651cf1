import ShrikeCore

/// Takes alerts and keeps none.
struct DiscardingStore: AlertStore {
    func commit(_ step: StoredStep) async throws -> [Alert] { step.alerts }
}
