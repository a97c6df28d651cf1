public import Foundation
import ShrikeCore
import Yams

/// Reads `gateway.yaml` and the environment into a ``GatewayConfiguration``.
public enum ConfigurationFile {
    private static let maximumBytes = 1 << 20

    /// - Parameter environment: variables `SHRIKE_<SECTION>_<KEY>` override keys of the file.
    /// - Throws: ``AgentError`` naming every mistake, before anything is opened.
    public static func load(
        path: String, environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(AgentError) -> GatewayConfiguration {
        let text: String
        do {
            let bytes = try Data(contentsOf: URL(filePath: path))
            guard bytes.count <= maximumBytes, let decoded = String(data: bytes, encoding: .utf8) else {
                throw AgentError(
                    "configuration is no UTF-8 text of at most 1 MiB", at: path, remedy: "name a YAML file")
            }
            text = decoded
        } catch let error as AgentError { throw error } catch {
            throw AgentError(
                "configuration cannot be read", at: path,
                remedy: "name a readable file; `shrike run --print-config` shows every key")
        }
        return try parse(text, path: path, environment: environment)
    }

    /// Reads a configuration from YAML text; `path` is for messages only.
    public static func parse(
        _ text: String, path: String, environment: [String: String] = [:]
    ) throws(AgentError) -> GatewayConfiguration {
        var document: JSONValue
        do {
            document = try Yams.compose(yaml: text).map { try json($0, depth: 0) } ?? .object([:])
        } catch let error as YamlError {
            throw AgentError("not valid YAML: \(shortDescription(error))", at: path, remedy: "correct the file")
        } catch {
            throw AgentError("not valid YAML: \(error)", at: path, remedy: "correct the file")
        }
        for key in ConfigurationReference.keys {
            guard let override = environment[key.environmentName] else { continue }
            document = setting(
                document, key.path.split(separator: ".").map(String.init)[...], to: value(override, key.kind))
        }
        switch GatewayConfiguration.read(document) {
        case .success(let configuration): return configuration
        case .failure(let error):
            throw AgentError(
                error.problems.map(\.description).joined(separator: "\n  "), at: path,
                remedy: "correct \(error.problems.count == 1 ? "this key" : "these \(error.problems.count) keys"); "
                    + "`shrike run --print-config` explains them")
        }
    }

    /// The effective configuration as commented YAML, secrets hidden.
    public static func render(_ configuration: GatewayConfiguration) -> String {
        ConfigurationReference.render(configuration)
    }

    private static func shortDescription(_ error: YamlError) -> String {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "line \(mark.line): \(problem)"
        default: "unreadable"
        }
    }

    /// The environment gives texts; numbers and flags are read as YAML reads them.
    private static func value(_ text: String, _ kind: ConfigurationKey.Kind) -> JSONValue {
        switch kind {
        case .text: .string(text)
        case .integer: Int64(text).map { .integer($0) } ?? .string(text)
        case .number: Double(text).map { .number($0) } ?? .string(text)
        case .flag: ["true": .bool(true), "false": .bool(false)][text] ?? .string(text)
        }
    }

    private static func setting(_ document: JSONValue, _ path: ArraySlice<String>, to value: JSONValue) -> JSONValue {
        guard let key = path.first else { return value }
        var pairs = document.objectValue ?? [:]
        pairs[key] = setting(pairs[key] ?? .null, path.dropFirst(), to: value)
        return .object(pairs)
    }

    private static func json(_ node: Node, depth: Int) throws -> JSONValue {
        guard depth < 16 else {
            throw AgentError("nested deeper than 16 levels", at: "line \(node.mark?.line ?? 0)", remedy: "flatten it")
        }
        switch node {
        case .scalar(let scalar):
            if scalar.style == .singleQuoted || scalar.style == .doubleQuoted { return .string(scalar.string) }
            if node.null != nil { return .null }
            if let flag = node.bool { return .bool(flag) }
            if let integer = node.int { return .integer(Int64(integer)) }
            if let number = node.float, number.isFinite { return .number(number) }
            return .string(scalar.string)
        case .sequence(let elements): return .array(try elements.map { try json($0, depth: depth + 1) })
        case .mapping(let mapping):
            var pairs: [String: JSONValue] = [:]
            for (key, value) in mapping {
                guard let name = key.string else { continue }
                guard pairs.updateValue(try json(value, depth: depth + 1), forKey: name) == nil else {
                    throw AgentError("'\(name)' stands twice", at: "line \(key.mark?.line ?? 0)", remedy: "keep one")
                }
            }
            return .object(pairs)
        case .alias:
            throw AgentError("aliases are not used here", at: "line \(node.mark?.line ?? 0)", remedy: "write it out")
        }
    }
}
