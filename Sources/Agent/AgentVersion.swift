/// Version of the program, as shown and as recorded in reports.
public enum AgentVersion {
    public static let current = "0.1.0"
}
