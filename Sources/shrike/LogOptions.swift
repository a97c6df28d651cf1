import Agent
import ArgumentParser
import Logging

extension Logger {
    /// The program's logger on standard error.
    static func shrike(level: Logger.Level = .warning, format: GatewayConfiguration.Log.Format = .text) -> Logger {
        var logger = Logger(label: "shrike") { label in
            switch format {
            case .text: StreamLogHandler.standardError(label: label)
            case .json: JSONLogHandler()
            }
        }
        logger.logLevel = level
        return logger
    }
}
