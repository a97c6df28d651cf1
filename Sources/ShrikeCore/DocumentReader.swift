/// One mistake in a document a person wrote: where and what.
public struct DocumentProblem: Hashable, Sendable, CustomStringConvertible {
    /// Key path, e.g. `sources[1].address`.
    public var path: String
    public var message: String

    public init(path: String, message: String) { (self.path, self.message) = (path, message) }

    public var description: String { path.isEmpty ? message : "\(path): \(message)" }
}

/// Reads a configuration document key by key and collects every mistake with its path instead of stopping at the first.
///
/// Each accessor returns the value or the default; ``finish()`` reports keys nobody asked for. After reading, look at
/// ``problems``: only where it is empty is what was read to be used.
public final class DocumentReader {
    private let pairs: [String: JSONValue]
    private let path: String
    private let collector: Collector
    private var known: Set<String> = []

    private final class Collector { var problems: [DocumentProblem] = [] }

    /// Starts at the top of a document, which must be an object.
    public convenience init(_ document: JSONValue) { self.init(document, path: "", collector: Collector()) }

    private init(_ value: JSONValue, path: String, collector: Collector) {
        (self.path, self.collector) = (path, collector)
        switch value {
        case .object(let pairs): self.pairs = pairs
        case .null: pairs = [:]
        default:
            pairs = [:]
            collector.problems.append(DocumentProblem(path: path, message: "must hold keys and values"))
        }
    }

    /// All mistakes found so far in the whole document, in the order they were met.
    public var problems: [DocumentProblem] { collector.problems }

    public func has(_ key: String) -> Bool { pairs[key] != nil && pairs[key] != .null }

    public func report(_ key: String, _ message: String) {
        collector.problems.append(DocumentProblem(path: join(key), message: message))
    }

    public func string(_ key: String) -> String? {
        guard let value = take(key) else { return nil }
        switch value {
        case .string(let text): return text
        case .integer(let number): return String(number)
        default:
            report(key, "must be a text")
            return nil
        }
    }

    public func string(_ key: String, default fallback: String) -> String { string(key) ?? fallback }

    /// A text that must be there.
    public func requiredString(_ key: String) -> String {
        if !has(key) {
            known.insert(key)
            report(key, "is missing")
            return ""
        }
        return string(key) ?? ""
    }

    public func bool(_ key: String, default fallback: Bool) -> Bool {
        guard let value = take(key) else { return fallback }
        if let flag = value.boolValue { return flag }
        report(key, "must be true or false")
        return fallback
    }

    public func number(_ key: String, default fallback: Double, in range: ClosedRange<Double>) -> Double {
        number(key, in: range) ?? fallback
    }

    public func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
        guard let value = take(key) else { return nil }
        guard let number = value.doubleValue, number.isFinite else {
            report(key, "must be a number")
            return nil
        }
        guard range.contains(number) else {
            report(
                key,
                "must be between \(JSONValue.number(range.lowerBound).canonicalText) and \(JSONValue.number(range.upperBound).canonicalText), not \(value.canonicalText)"
            )
            return nil
        }
        return number
    }

    public func integer(_ key: String, default fallback: Int, in range: ClosedRange<Int>) -> Int {
        integer(key, in: range) ?? fallback
    }

    public func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        guard let value = take(key) else { return nil }
        guard let number = value.integerValue, let number = Int(exactly: number) else {
            report(key, "must be a whole number")
            return nil
        }
        guard range.contains(number) else {
            report(key, "must be between \(range.lowerBound) and \(range.upperBound), not \(number)")
            return nil
        }
        return number
    }

    /// One of the raw values of an enumeration.
    public func choice<C: RawRepresentable & CaseIterable>(_ key: String, default fallback: C) -> C
    where C.RawValue == String {
        guard let value = take(key) else { return fallback }
        if let text = value.stringValue, let choice = C(rawValue: text) { return choice }
        // YAML reads a bare `off` as false.
        if value == .bool(false), let choice = C(rawValue: "off") { return choice }
        report(key, "must be one of \(C.allCases.map(\.rawValue).joined(separator: ", ")), not \(value.canonicalText)")
        return fallback
    }

    public func strings(_ key: String) -> [String] {
        guard let value = take(key) else { return [] }
        guard let values = value.arrayValue else {
            report(key, "must be a list of texts")
            return []
        }
        return values.enumerated().compactMap { i, element in
            if element.stringValue == nil { report("\(key)[\(i)]", "must be a text") }
            return element.stringValue
        }
    }

    public func stringTable(_ key: String) -> [String: String] {
        guard let value = take(key) else { return [:] }
        guard let pairs = value.objectValue else {
            report(key, "must hold texts by key")
            return [:]
        }
        for (name, element) in pairs where element.stringValue == nil { report("\(key).\(name)", "must be a text") }
        return pairs.compactMapValues(\.stringValue)
    }

    /// The untyped value, for content that another type reads.
    public func value(_ key: String) -> JSONValue? { take(key) }

    /// A part with keys of its own; empty where the key is absent.
    public func section(_ key: String) -> DocumentReader {
        DocumentReader(take(key) ?? .null, path: join(key), collector: collector)
    }

    /// The elements of a list, each with keys of its own.
    public func sections(_ key: String) -> [DocumentReader] {
        guard let value = take(key) else { return [] }
        guard let values = value.arrayValue else {
            report(key, "must be a list")
            return []
        }
        return values.enumerated().map { DocumentReader($1, path: "\(join(key))[\($0)]", collector: collector) }
    }

    /// Reports every key that no accessor asked for.
    public func finish() {
        for key in pairs.keys.sorted() where !known.contains(key) {
            report(key, "is not known here; known: \(known.sorted().joined(separator: ", "))")
        }
    }

    private func take(_ key: String) -> JSONValue? {
        known.insert(key)
        return pairs[key] == .null ? nil : pairs[key]
    }

    private func join(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
