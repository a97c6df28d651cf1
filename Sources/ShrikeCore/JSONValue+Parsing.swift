import Foundation

/// Why a text is no JSON that Shrike takes.
public struct JSONParsingError: Error, Hashable, Sendable, CustomStringConvertible {
    public var description: String
}

extension JSONValue {
    /// Reads a JSON document.
    ///
    /// - Parameter maximumBytes: longer texts are refused before they are parsed.
    /// - Throws: ``JSONParsingError`` with the parser's reason; never traps on any input.
    public init(parsing bytes: some Collection<UInt8>, maximumBytes: Int = 1 << 20) throws(JSONParsingError) {
        guard bytes.count <= maximumBytes else {
            throw JSONParsingError(description: "JSON of \(bytes.count) bytes is over the limit of \(maximumBytes)")
        }
        var depth = 0
        var inString = false
        var escaped = false
        for b in bytes {
            if escaped {
                escaped = false
                continue
            }
            switch b {
            case 0x5C where inString: escaped = true
            case 0x22: inString.toggle()
            case 0x5B, 0x7B: if !inString { depth += 1 }
            case 0x5D, 0x7D: if !inString { depth -= 1 }
            default: break
            }
            guard depth <= 32 else { throw JSONParsingError(description: "JSON is nested deeper than 32 levels") }
        }
        do {
            self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
        } catch let DecodingError.dataCorrupted(context) {
            let reason = (context.underlyingError as NSError?)?.userInfo[NSDebugDescriptionErrorKey] as? String
            throw JSONParsingError(description: "no valid JSON: \(reason ?? context.debugDescription)")
        } catch {
            throw JSONParsingError(description: "no valid JSON")
        }
    }

    public subscript(key: String) -> JSONValue? {
        if case .object(let pairs) = self { pairs[key] } else { nil }
    }

    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }

    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

    public var arrayValue: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

    public var objectValue: [String: JSONValue]? { if case .object(let pairs) = self { pairs } else { nil } }

    public var integerValue: Int64? {
        switch self {
        case .integer(let value): value
        case .number(let value): Int64(exactly: value)
        default: nil
        }
    }

    public var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }
}

extension JSONValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let values = try? container.decode([JSONValue].self) {
            self = .array(values)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let pairs): try container.encode(pairs)
        }
    }
}
