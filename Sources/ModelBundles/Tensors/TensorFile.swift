public import Foundation
import ShrikeCore

/// Named tensors in one file: safetensors (https://github.com/huggingface/safetensors, format of 2023).
///
/// 8 bytes of header length (little-endian), a JSON header, then the tensors' bytes without gaps. What is read is checked
/// whole before anything is used: lengths, offsets, overlaps and shapes.
public struct TensorFile: Hashable, Sendable {
    public var tensors: [String: Tensor]
    /// Texts of the header's `__metadata__`.
    public var metadata: [String: String]

    public init(tensors: [String: Tensor] = [:], metadata: [String: String] = [:]) {
        (self.tensors, self.metadata) = (tensors, metadata)
    }

    /// Longer headers are refused.
    private static let maximumHeaderBytes = 8 << 20
    private static let maximumTensors = 65_536
    private static let metadataKey = "__metadata__"

    /// Reads a file's bytes.
    ///
    /// - Throws: ``BundleError`` naming the tensor that is wrong.
    public init(_ bytes: Data, at place: String) throws(BundleError) {
        let (header, body) = try Self.split(bytes, at: place)
        var metadata: [String: String] = [:]
        for (key, value) in header[Self.metadataKey]?.objectValue ?? [:] { metadata[key] = value.stringValue }
        var tensors: [String: Tensor] = [:]
        var ranges: [Range<Int>] = []
        for (name, entry) in header where name != Self.metadataKey {
            let (tensor, range) = try Self.tensor(name, entry, body, at: place)
            tensors[name] = tensor
            ranges.append(range)
        }
        var end = 0
        for range in ranges.sorted(by: { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }) {
            guard range.lowerBound == end else {
                throw Self.refusal("tensors overlap or leave gaps at byte \(end)", at: place)
            }
            end = range.upperBound
        }
        guard end == body.count else {
            throw Self.refusal("\(body.count) bytes of tensors, but the header tells of \(end)", at: place)
        }
        (self.tensors, self.metadata) = (tensors, metadata)
    }

    private static func split(_ bytes: Data, at place: String) throws(BundleError) -> ([String: JSONValue], Data) {
        guard bytes.count >= 8 else { throw refusal("\(bytes.count) bytes are too few", at: place) }
        let length = bytes.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= UInt64(maximumHeaderBytes), Int(length) <= bytes.count - 8 else {
            throw refusal("header of \(length) bytes is longer than the file or the limit", at: place)
        }
        let begin = bytes.startIndex + 8
        let header: JSONValue
        do {
            header = try JSONValue(parsing: bytes[begin..<begin + Int(length)], maximumBytes: maximumHeaderBytes)
        } catch { throw refusal("header: \(error)", at: place) }
        guard let entries = header.objectValue, entries.count <= maximumTensors else {
            throw refusal("header is no table of at most \(maximumTensors) tensors", at: place)
        }
        return (entries, bytes[(begin + Int(length))...])
    }

    private static func tensor(
        _ name: String, _ entry: JSONValue, _ body: Data, at place: String
    ) throws(BundleError) -> (Tensor, Range<Int>) {
        func refuse(_ what: String) -> BundleError { refusal("tensor \(name.prefix(80)): \(what)", at: place) }
        guard let element = entry["dtype"]?.stringValue.flatMap({ Tensor.Element(rawValue: $0) }) else {
            throw refuse("dtype \(entry["dtype"]?.canonicalText.prefix(20) ?? "is missing") is not taken")
        }
        guard let shape = entry["shape"]?.arrayValue, shape.count <= 16 else { throw refuse("shape is missing") }
        var sizes: [Int] = []
        var size = element.size
        for dimension in shape {
            guard let number = dimension.integerValue, number >= 0, number < 1 << 31 else { throw refuse("bad shape") }
            let (product, overflow) = size.multipliedReportingOverflow(by: Int(number))
            guard !overflow else { throw refuse("shape is too large") }
            size = product
            sizes.append(Int(number))
        }
        guard let offsets = entry["data_offsets"]?.arrayValue, offsets.count == 2,
            let begin = offsets[0].integerValue.flatMap({ Int(exactly: $0) }),
            let end = offsets[1].integerValue.flatMap({ Int(exactly: $0) }),
            0 <= begin, begin <= end, end <= body.count
        else { throw refuse("data_offsets lead out of the file") }
        guard end - begin == size else { throw refuse("\(end - begin) bytes do not fill shape \(sizes)") }
        let bytes = Data(body[(body.startIndex + begin)..<(body.startIndex + end)])
        return (Tensor(element: element, shape: sizes, bytes: bytes), begin..<end)
    }

    /// The file's bytes, the same for the same tensors: sorted by name, header padded to 8 bytes.
    public var bytes: Data {
        var header: [String: JSONValue] = [:]
        if !metadata.isEmpty { header[Self.metadataKey] = .object(metadata.mapValues { .string($0) }) }
        var body = Data()
        // Wide elements first, so that each stands at a multiple of its size.
        let order = tensors.sorted { (-$0.value.element.size, $0.key) < (-$1.value.element.size, $1.key) }
        for (name, tensor) in order {
            header[name] = .object([
                "dtype": .string(tensor.element.rawValue),
                "shape": .array(tensor.shape.map { .integer(Int64($0)) }),
                "data_offsets": .array([.integer(Int64(body.count)), .integer(Int64(body.count + tensor.bytes.count))]),
            ])
            body.append(tensor.bytes)
        }
        var text = Data(JSONValue.object(header).canonicalText.utf8)
        while text.count % 8 != 0 { text.append(0x20) }
        var file = Data((0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) })
        file.append(text)
        file.append(body)
        return file
    }

    /// The tensor of this name.
    ///
    /// - Throws: ``BundleError`` where it is missing or has another shape than wanted; a -1 takes any size.
    public func tensor(_ name: String, shape: [Int]? = nil, at place: String) throws(BundleError) -> Tensor {
        guard let tensor = tensors[name] else { throw Self.refusal("tensor \(name) is missing", at: place) }
        if let shape {
            let fits = shape.count == tensor.shape.count && zip(shape, tensor.shape).allSatisfy { $0 < 0 || $0 == $1 }
            guard fits else {
                throw Self.refusal("tensor \(name) has shape \(tensor.shape), not \(shape)", at: place)
            }
        }
        return tensor
    }

    /// Names of tensors that hold NaN or infinity, sorted.
    public var nonFinite: [String] { tensors.filter(\.value.hasNonFinite).keys.sorted() }

    private static func refusal(_ what: String, at place: String) -> BundleError {
        BundleError("safetensors: \(what)", at: place, remedy: "make the file again")
    }
}
