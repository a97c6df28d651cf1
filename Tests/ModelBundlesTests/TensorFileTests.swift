import Foundation
import ModelBundles
import ShrikeCore
import Testing

@Suite struct TensorFileTests {
    private static let sample = TensorFile(
        tensors: [
            "a": Tensor([1, -2.5, 3] as [Float], shape: [3]), "b": Tensor([0.1, 7] as [Double], shape: [2, 1]),
            "c": Tensor([-3, 4] as [Int8], shape: [2]), "d": Tensor([1 << 40] as [Int64], shape: []),
            "e": Tensor(element: .float16, shape: [4], bytes: Data([0x00, 0x3C, 0x00, 0xC0, 0x01, 0x00, 0xFF, 0x7B])),
        ], metadata: ["made": "here"])

    @Test func whatIsWrittenIsReadBack() throws {
        let file = try TensorFile(Self.sample.bytes, at: "x")
        #expect(file == Self.sample)
        #expect(file.tensors["a"]?.floats == [1, -2.5, 3])
        #expect(file.tensors["b"]?.doubles == [0.1, 7])
        #expect(file.tensors["e"]?.floats == [1, -2, 0x1p-24, 65504])
        #expect(file.tensors["d"]?.doubles == [Double(1 << 40)])
        #expect(file.nonFinite.isEmpty)
    }

    @Test func pythonReadsTheSame() throws {
        // The reference implementation is not here; its format is three lines of Python.
        let url = FileManager.default.temporaryDirectory.appending(path: "t-\(UUID().uuidString).safetensors")
        defer { try? FileManager.default.removeItem(at: url) }
        try Self.sample.bytes.write(to: url)
        let script = """
            import json,struct,sys
            raw=open(sys.argv[1],'rb').read(); n=struct.unpack('<Q',raw[:8])[0]; h=json.loads(raw[8:8+n])
            assert n%8==0
            s,e=h['b']['data_offsets']; print(struct.unpack('<2d',raw[8+n+s:8+n+e]), h['b']['shape'], h['__metadata__'])
            """
        let run = Process()
        let pipe = Pipe()
        run.executableURL = URL(filePath: "/usr/bin/env")
        run.arguments = ["python3", "-c", script, url.path]
        run.standardOutput = pipe
        try run.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        run.waitUntilExit()
        #expect(text == "(0.1, 7.0) [2, 1] {'made': 'here'}\n")
    }

    @Test(arguments: [
        (Tensor([1, .nan] as [Float], shape: [2]), true), (Tensor([1, .infinity] as [Double], shape: [2]), true),
        (Tensor(element: .float16, shape: [1], bytes: Data([0x00, 0x7C])), true),
        (Tensor([Float.greatestFiniteMagnitude], shape: [1]), false), (Tensor([127] as [Int8], shape: [1]), false),
    ])
    func whatIsNotFiniteIsSeen(tensor: Tensor, isBad: Bool) {
        #expect(TensorFile(tensors: ["x": tensor]).nonFinite == (isBad ? ["x"] : []))
    }

    private func file(_ header: String, body: Int = 8) -> Data {
        Data((0..<8).map { UInt8(truncatingIfNeeded: header.utf8.count >> (8 * $0)) }) + Data(header.utf8)
            + Data(count: body)
    }

    @Test(arguments: [
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,9]}}"#, "lead out of the file"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-1,7]}}"#, "lead out of the file"),
        (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, "do not fill shape"),
        (#"{"a":{"dtype":"F32","shape":[1073741824,1073741824,1073741824],"data_offsets":[0,8]}}"#, "too large"),
        (#"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#, "bad shape"),
        (#"{"a":{"dtype":"Q4","shape":[2],"data_offsets":[0,8]}}"#, "dtype"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "tells of 4"),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#,
            "overlap"
        ),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "gaps"), ("[]", "no table"), ("{", "header"),
    ])
    func brokenFilesAreRefusedByReason(header: String, reason: String) {
        let text = refusal { _ = try TensorFile(file(header), at: "x") }
        #expect(text.contains(reason), "\(text)")
    }

    @Test func lengthsBeyondTheFileAreRefused() {
        for bytes in [
            Data(), Data(count: 7), Data([255, 255, 255, 255, 255, 255, 255, 255, 1]), Data([9, 0, 0, 0, 0, 0, 0, 0]),
        ] {
            #expect(throws: BundleError.self) { try TensorFile(bytes, at: "x") }
        }
    }
}
