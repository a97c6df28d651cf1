import Foundation
import TestKit
import Testing

@testable import Inference

@Suite("ONNX header")
struct ONNXHeaderTests {
    private func header(_ data: Data) -> ONNXHeader? { data.withUnsafeBytes { ONNXHeader($0) } }

    private var sample: Data {
        var writer = ONNXWriter(
            input: [1, 3, -1, 64],
            outputs: [.init("boxes", [1, 4], [1, 2, 3, 4]), .init("labels", [2], [1, 2], element: .int64)])
        writer.metadata = ["names": "{0: 'a'}", "stride": "32"]
        return writer.bytes()
    }

    @Test("inputs, outputs and metadata are read; weights are no inputs")
    func content() throws {
        let header = try #require(self.header(sample))
        #expect(header.inputs == [NetworkPort(name: "picture", shape: [1, 3, -1, 64], type: .float32)])
        #expect(header.outputs.map(\.description) == ["boxes 1x4 float32", "labels 2 int64"])
        #expect(header.metadata == ["names": "{0: 'a'}", "stride": "32"])
    }

    @Test("every truncation and 20000 mutations are read or refused, and never trap")
    func garbage() {
        let bytes = sample
        for length in 0..<bytes.count { #expect(header(bytes.prefix(length)) == nil || length > bytes.count / 2) }
        var state: UInt64 = 1
        for _ in 0..<20_000 {
            var mutated = bytes
            for _ in 0..<4 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                mutated[Int(state >> 33) % mutated.count] = UInt8(truncatingIfNeeded: state >> 20)
            }
            if let header = self.header(mutated) { #expect(header.inputs.count <= 1024) }
        }
        #expect(header(Data("no network at all, just a text file\n".utf8)) == nil)
        #expect(header(Data(repeating: 255, count: 4096)) == nil)
        #expect(header(Data()) == nil)
    }
}
