import Foundation

/// Reads the float initializers of an ONNX file without the code under test.
enum ONNXWeights {
    static func read(_ model: Data) -> [String: [Float]] {
        var found: [String: [Float]] = [:]
        for (number, graph) in fields(model) where number == 7 {
            for (number, tensor) in fields(graph) where number == 5 {
                let parts = fields(tensor)
                let name = parts.last { $0.0 == 8 }.map { String(decoding: $0.1, as: UTF8.self) } ?? ""
                let raw = Data(parts.last { $0.0 == 9 }?.1 ?? Data())
                found[name] = stride(from: 0, to: raw.count, by: 4).map { offset in
                    Float(bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(raw[offset + $1]) << UInt32(8 * $1) })
                }
            }
        }
        return found
    }

    private static func fields(_ bytes: Data) -> [(Int, Data)] {
        var position = bytes.startIndex
        func varint() -> Int {
            var (value, shift) = (0, 0)
            while true {
                let byte = Int(bytes[position])
                position += 1
                value |= (byte & 127) << shift
                if byte < 128 { return value }
                shift += 7
            }
        }
        var out: [(Int, Data)] = []
        while position < bytes.endIndex {
            let key = varint()
            guard key & 7 == 2 else {
                _ = varint()
                continue
            }
            let length = varint()
            out.append((key >> 3, bytes[position..<position + length]))
            position += length
        }
        return out
    }
}
