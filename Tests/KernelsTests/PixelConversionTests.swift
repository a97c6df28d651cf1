import Kernels
import Testing

@Suite("Pixel conversion")
struct PixelConversionTests {
    @Test(
        "floats equal the formula for odd sizes, planes and interleaved, swapped and not", arguments: [1, 7, 65, 1003])
    func floats(count: Int) {
        var random = Pseudorandom(seed: 5)
        let pixels = (0..<3 * count).map { _ in UInt8(random.bits() & 255) }
        let mean: [Float] = [1, 20, 300]
        let scale: [Float] = [255, 2, 0.5]
        for swaps in [false, true] {
            for interleaved in [false, true] {
                var out = [Float](repeating: 0, count: pixels.count)
                pixels.withUnsafeBufferPointer { from in
                    out.withUnsafeMutableBufferPointer {
                        PixelConversion.toFloats(
                            from, swapsRedAndBlue: swaps, interleaved: interleaved, mean: mean, scale: scale, into: $0)
                    }
                }
                for i in 0..<count {
                    for channel in 0..<3 {
                        let from = pixels[3 * i + (swaps ? 2 - channel : channel)]
                        let value = out[interleaved ? 3 * i + channel : channel * count + i]
                        #expect(value == (Float(from) - mean[channel]) / scale[channel])
                    }
                }
            }
        }
    }

    @Test("red and blue are exchanged, and nothing else")
    func swap() {
        let pixels: [UInt8] = [1, 2, 3, 4, 5, 6]
        var out = [UInt8](repeating: 0, count: 6)
        pixels.withUnsafeBufferPointer { from in
            out.withUnsafeMutableBufferPointer { PixelConversion.swapRedAndBlue(from, into: $0) }
        }
        #expect(out == [3, 2, 1, 6, 5, 4])
    }

    @Test("grey becomes three equal channels, and padding between rows is left alone")
    func gray() {
        let gray: [UInt8] = [1, 2, 9, 3, 4, 9]
        var out = [UInt8](repeating: 7, count: 16)
        gray.withUnsafeBytes { from in
            out.withUnsafeMutableBytes {
                PixelConversion.grayToBGR(from, grayBytesPerRow: 3, into: $0, bytesPerRow: 8, width: 2, height: 2)
            }
        }
        #expect(out == [1, 1, 1, 2, 2, 2, 7, 7, 3, 3, 3, 4, 4, 4, 7, 7])
    }

    private func window(_ values: [UInt16], _ width: Int) -> [UInt8] {
        var out = [UInt8](repeating: 0, count: values.count)
        var window = Gray16Window()
        values.withUnsafeBytes { from in
            out.withUnsafeMutableBufferPointer {
                window.map(from, bytesPerRow: 2 * width, width: width, height: values.count / width, into: $0)
            }
        }
        return out
    }

    @Test("a 16-bit ramp uses the whole range, and a dead pixel does not move it")
    func ramp() {
        var values = (0..<1000).map { UInt16(30_000 + $0) }
        values[500] = 65_535
        let out = window(values, 50)
        #expect(out[500] == 255 && out.min() == 0)
        #expect(abs(Int(out[250]) - 62) <= 2 && abs(Int(out[750]) - 191) <= 2)
        #expect(zip(out[..<500], out[1..<500]).allSatisfy { $0 <= $1 })
    }

    @Test("an even scene is not blown up to noise")
    func even() {
        let out = window((0..<400).map { UInt16(20_000 + $0 % 3) }, 20)
        #expect((out.max() ?? 0) - (out.min() ?? 0) <= 8)
        #expect(Set(window([UInt16](repeating: 0, count: 100), 10)).count == 1)
        #expect(Set(window([UInt16](repeating: 65_535, count: 100), 10)).count == 1)
    }
}
